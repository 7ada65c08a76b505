import { Field, ID, InterfaceType, Int, ObjectType } from 'type-graphql';
import { type HeldBy, heldBy, HoldPhaseEnum } from '../../screening/comment-hold.type.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { untilIn } from '../../../platform/screening/moderation-event-details.ts';
import type {
  ModerationEventKind,
  ModerationReason,
} from '../../../platform/screening/moderation-event-kinds.ts';
import type { ModerationEventRow } from '../../../platform/screening/moderation-log.queries.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { type HookDeadlineAction, hookDeadlineActions } from '../../screening/screening-settings.ts';
import { HookDeadlineActionEnum } from '../../screening/screening.type.ts';
import { type ActionView, ModerationAction, ModerationEvent } from './moderation-event.type.ts';

/** An action on one comment of the queue. */
@InterfaceType({
  implements: ModerationAction,
  description: 'An action that moves one comment into the queue, in it or out of it.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class CommentAction extends ModerationAction {
  readonly key!: { readonly articleId: string; readonly commentId: string };

  @Field(() => ID, { description: 'The id of the comment, also if the comment is not to be seen any more.' })
  commentId!: string;

  @Field(() => Int, { nullable: true, description: 'The revision of the text; null: it is about any.' })
  revision!: number | null;
}

const CommentActionType = (description: string): ClassDecorator =>
  ObjectType({
    simpleResolvers: true,
    implements: [CommentAction, ModerationAction, ModerationEvent],
    description,
  });

@CommentActionType('A comment of `person`, or a new text of a public one, waits for a moderator.')
export class CommentHeld extends CommentAction {
  @Field(() => HoldPhaseEnum, { nullable: true, description: 'What has held the text.' })
  phase!: HeldBy | null;
}

@CommentActionType(
  'An account has reported a public comment of `person`. By the service: reports of it are open again, because the removal of all that `person` has written was undone.',
)
export class CommentReported extends CommentAction {
  @Field(() => ModerationReasonEnum, { nullable: true, description: 'What the comment is reported for.' })
  reportReason!: ModerationReason | null;
}

@CommentActionType('A moderator works on a comment of the queue, or gives it back.')
export class CommentClaimed extends CommentAction {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the claim ends by itself; null: the comment was given back.',
  })
  claimedUntil!: Date | null;
}

@CommentActionType(
  'A comment has left the queue without a decision: its author took it back or changed it, for example.',
)
export class CommentWithdrawn extends CommentAction {}

@CommentActionType(
  'The hook has not decided about a text of `person` in time. If the text becomes public for that, a `DecisionMade` by the service follows.',
)
export class HookUnanswered extends CommentAction {
  @Field(() => HookDeadlineActionEnum, {
    nullable: true,
    description:
      'What became of the text. HOLD also where the setting says PUBLISH: if a moderator works on the text, the author was suspended or premoderated meanwhile, or the text cannot become public.',
  })
  action!: HookDeadlineAction | null;
}

@CommentActionType('A program that was asked about a text of `person` leaves it to a moderator.')
export class CommentEscalated extends CommentAction {
  @Field(() => ModerationReasonEnum, { nullable: true, description: 'What the program suspects.' })
  suspicion!: ModerationReason | null;
}

/** The database has no event of these kinds without a comment. */
function commentFields(row: ModerationEventRow): Pick<CommentAction, 'commentId' | 'revision' | 'key'> {
  const { sequence, articleId, commentId, revision } = row;
  if (articleId === null || commentId === null)
    throw new Error(`Event ${sequence} of moderation names no comment`);
  return {
    commentId: encodeGlobalId('Comment', articleId, commentId),
    revision,
    key: { articleId, commentId },
  };
}

const hookActionIn = ({ detail }: ModerationEventRow): HookDeadlineAction | null =>
  hookDeadlineActions.find((action) => action === detail?.action) ?? null;

const claimView: ActionView = (row, base) =>
  Object.assign(new CommentClaimed(), base, commentFields(row), {
    claimedUntil: row.kind === 'CLAIMED' ? untilIn(row.detail) : null,
  });

/** GraphQL types of actions on comments, by kind. */
export const commentActionViews = {
  HELD: (row, base) =>
    Object.assign(new CommentHeld(), base, commentFields(row), { phase: heldBy(row.detail?.phase) }),
  REPORTED: (row, base) =>
    Object.assign(new CommentReported(), base, commentFields(row), { reportReason: row.reason }),
  CLAIMED: claimView,
  RELEASED: claimView,
  HOOK_UNANSWERED: (row, base) =>
    Object.assign(new HookUnanswered(), base, commentFields(row), { action: hookActionIn(row) }),
  ESCALATED: (row, base) =>
    Object.assign(new CommentEscalated(), base, commentFields(row), { suspicion: row.reason }),
  WITHDRAWN: (row, base) => Object.assign(new CommentWithdrawn(), base, commentFields(row)),
} satisfies Partial<Record<ModerationEventKind, ActionView>>;

export const commentActionTypes = [
  CommentHeld,
  CommentReported,
  CommentClaimed,
  CommentWithdrawn,
  HookUnanswered,
  CommentEscalated,
] as const;
