import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { NotificationKind } from '../inbox/notification-kinds.ts';
import type { NotificationRow } from './notification.queries.ts';

export const NotificationKindEnum = graphqlEnum<NotificationKind>(
  'NotificationKind',
  'What a notification tells of.',
  {
    REPLY: 'Somebody has replied to a comment of the viewer: `comment` is the reply.',
    ARTICLE_COMMENT: 'Somebody has commented on an article of the viewer: `comment` is the comment.',
    ENDORSEMENT: 'Somebody has endorsed an article of the viewer: `endorsement`.',
    COMMENT_APPROVED: 'A moderator has approved `comment`, which is the viewer’s own and public now.',
    COMMENT_REJECTED: 'A moderator has rejected `comment`, which is the viewer’s own; `reason` says why.',
    COMMENT_REMOVED:
      'A moderator has removed a comment of the viewer; `reason` says why. `comment` is its tombstone, if there is one.',
    COMMENT_HELD:
      'Reports, or the undoing of an approval, have taken back a comment of the viewer, until a moderator has looked at it. `comment` is its tombstone, if there is one.',
    EDIT_APPROVED: 'A moderator has approved the new text of `comment`, which is the viewer’s own.',
    EDIT_REJECTED:
      'A moderator has rejected the new text of `comment`, which is the viewer’s own; `reason` says why.',
    MILESTONE_REACHED:
      'A campaign that the viewer backs has reached `milestone`: pledges to it are collected.',
    MILESTONE_SETTLED: 'All that could be collected for `milestone` of a campaign that the viewer backs was.',
    CAMPAIGN_ENDED: 'A campaign that the viewer backs is over; the status of `campaign` says how.',
    PLEDGE_FAILED:
      'A payment of the viewer’s `pledge` has failed: it needs another means of payment (`retryPledge`).',
    ACCOUNT_SUSPENDED: 'The viewer’s account was suspended or banned: `decision` says why, and until when.',
    ACCOUNT_PREMODERATED:
      'Comments of the viewer wait for a moderator from now on: `decision` says why, and until when.',
    SANCTION_LIFTED:
      'A suspension of the viewer’s account ended before its time, or the viewer’s comments no longer wait: `decision` says which.',
    COMMENTS_REMOVED:
      'Moderators have removed everything that the viewer has written since a time: `decision` says since when, and why.',
    APPEAL_ANSWERED:
      'A moderator has answered the viewer’s appeal against `decision`; `Viewer.decisions` has the answer.',
  },
);

/** One thing that the viewer is told. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One thing that the viewer is told. It shows what it tells of as that is now; what the viewer may no longer see, and what was removed, withdrawn or decided otherwise since, is not listed.',
})
export class Notification {
  readonly row!: NotificationRow;

  @Field(() => ID, { description: 'Names the notification. Not for `node`.' })
  id!: string;

  @Field(() => Int, {
    description:
      'Its number in the viewer’s inbox, from 1, for `markNotificationsRead`. Later ones have greater numbers.',
  })
  position!: number;

  @Field(() => NotificationKindEnum, { description: 'What it tells of.' })
  kind!: NotificationKind;

  @Field(() => Boolean, { description: 'Whether the viewer has read it.' })
  isRead!: boolean;

  @Field(() => DateTimeScalar, { description: 'When that happened.' })
  occurredAt!: Date;

  static from(row: NotificationRow): Notification {
    const { accountId, position, kind, readPosition, occurredAt } = row;
    return Object.assign(new Notification(), {
      row,
      id: encodeGlobalId('Notification', accountId, String(position)),
      position,
      kind,
      isRead: position <= readPosition,
      occurredAt,
    });
  }
}

const NotificationEdge = edgeType(Notification, 'Notification');
export const NotificationConnection = connectionType(Notification, NotificationEdge, 'Notification');
