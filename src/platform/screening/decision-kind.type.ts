import { graphqlEnum } from '../graphql/enum.ts';
import type { ModerationDecisionKind } from './moderation-decision.entity.ts';

export const DecisionKindEnum = graphqlEnum<ModerationDecisionKind>('DecisionKind', 'What was decided.', {
  APPROVED: 'A comment that waited became public, or one that reports had taken back is public again.',
  EDIT_APPROVED: 'A new text of a public comment became public.',
  REJECTED: 'A comment that waited does not become public.',
  EDIT_REJECTED: 'A new text of a public comment does not become public.',
  REMOVED: 'A public comment was removed.',
  KEPT: 'A public comment stays as it is, whatever was reported.',
  RESTORED: 'A removed comment is what it was before.',
  SUSPENDED: 'An account may not write until a time.',
  BANNED: 'An account may not write any more.',
  PREMODERATED: 'Comments of an account wait for a moderator first.',
  REMOVED_SINCE: 'Everything that an account has written since a time was removed.',
  SUSPENSION_LIFTED: 'An account that was suspended or banned may write again.',
  PREMODERATION_LIFTED: 'Comments of an account no longer wait for a moderator first.',
});
