import { hasRole, type Viewer } from '../../../platform/auth/viewer.ts';

/** Whether a viewer may read mails to other people, where they can be read at all. */
export function canReadOutgoingMails(viewer: Viewer | null): boolean {
  return hasRole(viewer, 'ADMINISTRATOR') && viewer?.suspended === false;
}
