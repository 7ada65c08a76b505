import { hasRole, refusalToModerate, type Viewer } from '../../platform/auth/viewer.ts';

/** Why a viewer may not change what the site asks of all comments, as editors and administrators may; undefined: they may. */
export function refusalToSet(viewer: Viewer): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!hasRole(viewer, 'EDITOR', 'ADMINISTRATOR')) return 'FORBIDDEN';
  return refusalToModerate(viewer);
}
