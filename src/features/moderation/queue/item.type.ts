import { Field, Int, ObjectType } from 'type-graphql';
import type { CommentRow } from '../../comments/thread/comment.queries.ts';
import { Comment } from '../../comments/thread/comment.type.ts';
import type { HeldEditRow } from '../../comments/held/held-edit.queries.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { CommentText } from '../../../platform/graphql/price.ts';
import { DateTimeScalar, EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import type { HookOutcome } from '../../screening/comment-hold.entity.ts';
import type { HeldKind, ModerationItemRow } from '../../../platform/screening/moderation-item.queries.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
import type { Verdict } from '../decisions/comment-decision.policy.ts';

export const HeldKindEnum = graphqlEnum<HeldKind>('HeldKind', 'What waits for a moderator.', {
  COMMENT: 'A comment that was never public.',
  EDIT: 'A new text of a public comment.',
  REPORTS: 'A comment that was public, and that reports or the undoing of an approval took back.',
});

/** What has become of asking the hook. */
export type HookState = 'ASKED' | HookOutcome;

export const HookStateEnum = graphqlEnum<HookState>(
  'HookState',
  'What has become of asking the hook about a text that waits.',
  {
    ASKED: 'Its answer is waited for, until `ModerationItem.hookDueAt`.',
    UNANSWERED:
      'It has not decided in time: a moderator does. A late verdict counts as long as nobody has decided.',
    ESCALATED: 'It leaves the text to a moderator.',
  },
);

/** What a client sends about a comment: a decision, or that a moderator has to make one. */
export type GivenVerdict = Verdict | 'ESCALATE';

export const VerdictEnum = graphqlEnum<GivenVerdict>('Verdict', 'What a moderator decides about a comment.', {
  APPROVE: 'What waits becomes public; a public comment that was reported stays.',
  REJECT: 'What waits does not become public.',
  REMOVE: 'The comment is removed, whatever waits of it.',
  ESCALATE:
    'For programs: what waits goes on waiting until a moderator decides, and no deadline ends that. It is no decision.',
});

/** An entry of the moderators' queue: a comment of which something waits, or that was reported. */
@NeedsScope('MODERATE')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'An entry of the moderators’ queue: a comment of which a text waits, or that was reported, or both. For moderators.',
})
export class ModerationItem extends Node {
  readonly row!: ModerationItemRow;
  readonly commentRow!: CommentRow;

  @Field(() => Comment, {
    description: 'The comment as readers see it: a tombstone if it was taken back.',
  })
  comment!: Comment;

  @Field(() => HeldKindEnum, { nullable: true, description: 'What waits; null: nothing, it was reported.' })
  held!: HeldKind | null;

  @Field(() => Int, {
    description:
      'The revision of the text that is to be decided on, to be sent with the decision: that of the new text if one waits.',
  })
  revision!: number;

  @CommentText()
  @Field(() => String, { description: 'The text that is to be decided on, as sanitised HTML.' })
  bodyHtml!: string;

  @CommentText()
  @Field(() => String, { description: 'The same text without markup.' })
  bodyText!: string;

  @Field(() => DateTimeScalar, { description: 'When the comment came into the queue.' })
  since!: Date;

  @Field(() => Int, { description: 'The number of open reports. Always exact.' })
  reportCount!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the claim of the moderator who works on it ends; null: nobody does.',
  })
  claimedUntil!: Date | null;

  static from(row: ModerationItemRow, commentRow: CommentRow, edit: HeldEditRow | undefined): ModerationItem {
    const { revision, bodyHtml, bodyText } = (row.held === 'EDIT' ? edit : undefined) ?? commentRow;
    return Object.assign(new ModerationItem(), row, {
      row,
      commentRow,
      id: encodeGlobalId('ModerationItem', row.articleId, row.commentId),
      comment: Comment.from(commentRow),
      revision,
      bodyHtml: withDirections(bodyHtml),
      bodyText,
      reportCount: row.reports,
    });
  }
}

export const ModerationItemConnection = countedConnectionType(
  ModerationItem,
  edgeType(ModerationItem, 'ModerationItem'),
  'ModerationItem',
  { isStored: false, description: 'The number of entries in the whole list. Always exact.' },
);

/** The moderators' queue, with the position from which its events continue. */
@ObjectType({
  description: 'The moderators’ queue, with the position from which `moderationEvents` continues.',
})
export class ModerationQueue {
  @Field(() => EventCursorScalar, {
    description: 'The position from which `moderationEvents` continues after `items` of the same response.',
  })
  liveCursor!: string;
}
