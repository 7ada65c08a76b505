import type { Role } from '../auth/viewer.ts';
import { type NewModerationEvent, systemActor } from './moderation-log.ts';

/** What the log says of roles that were changed by no moderator: by an operator, or by the claims of another site. */
export function roleEvents(
  subjectId: string,
  before: readonly Role[],
  after: readonly Role[],
): NewModerationEvent[] {
  const event = (kind: 'ROLE_GRANTED' | 'ROLE_REVOKED') => (role: Role) => ({
    kind,
    actor: systemActor,
    subjectId,
    detail: { role },
  });
  const beyond = (some: readonly Role[], others: readonly Role[]) =>
    some.filter((role) => role !== 'READER' && !others.includes(role));
  return [
    ...beyond(after, before).map(event('ROLE_GRANTED')),
    ...beyond(before, after).map(event('ROLE_REVOKED')),
  ];
}
