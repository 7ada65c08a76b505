import { Field, ID, InputType } from 'type-graphql';
import { RequestError } from '../../../platform/errors/errors.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import type { ModerationEventKind } from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationActionKindEnum } from '../../../platform/screening/moderation-action-kind.type.ts';
import type { HistoryScope, HistorySubject } from './moderation-history.queries.ts';

@InputType({
  description:
    'Which actions are listed. At most one of `personId`, `actorId` and `commentId` can be given, alone or with `kinds`; without any of the fields all are listed.',
})
export class ModerationHistoryFilter {
  @Field(() => ID, { nullable: true, description: 'The `Person` that the actions are about.' })
  personId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The `Person` that has acted; reports of the viewer’s own comments are left out.',
  })
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The comment that the actions are about.' })
  commentId?: string | null;

  @Field(() => [ModerationActionKindEnum], {
    nullable: true,
    description: 'The kinds of the actions, at least one; absent: all.',
  })
  kinds?: readonly ModerationEventKind[] | null;
}

function subjectOf({ personId, actorId, commentId }: ModerationHistoryFilter): HistorySubject {
  const given = [personId, actorId, commentId].filter((id) => id != null);
  if (given.length > 1)
    throw new RequestError('BAD_USER_INPUT', 'Give at most one of `personId`, `actorId` and `commentId`.');
  if (personId != null) return { about: 'PERSON', accountId: requireKeys('Person', 1, personId)[0] };
  if (actorId != null) return { about: 'ACTOR', accountId: requireKeys('Person', 1, actorId)[0] };
  if (commentId == null) return { about: 'EVERYTHING' };
  const [articleId, comment] = requireKeys('Comment', 2, commentId);
  return { about: 'COMMENT', articleId, commentId: comment };
}

/** The list that a filter names. @throws RequestError BAD_USER_INPUT */
export function historyScopeOf(filter: ModerationHistoryFilter | null | undefined): HistoryScope {
  const { kinds } = filter ?? {};
  if (kinds?.length === 0) throw new RequestError('BAD_USER_INPUT', '`kinds` takes at least one value.');
  return { subject: subjectOf(filter ?? {}), kinds: kinds ? [...new Set(kinds)].sort() : null };
}
