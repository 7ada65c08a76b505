import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import {
  type NotificationDeclarations,
  type NotificationKind,
  NotificationKindEnum,
} from '../../../platform/feature/notification.ts';
import type { NotificationRow } from './notification.queries.ts';

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

  @Field(() => NotificationKindEnum.type, { description: 'What it tells of.' })
  kind!: NotificationKind;

  @Field(() => Boolean, { description: 'Whether the viewer has read it.' })
  isRead!: boolean;

  @Field(() => DateTimeScalar, { description: 'When that happened.' })
  occurredAt!: Date;

  /** The key of what it tells of; undefined: it is of none of these kinds. */
  subjectOf(kinds: NotificationDeclarations): { articleId: string; id: string } | undefined {
    const { articleId, subjectId: id } = this.row;
    return this.kind in kinds && articleId !== null && id !== null ? { articleId, id } : undefined;
  }

  static from(row: NotificationRow): Notification {
    const { accountId, position, readPosition } = row;
    const id = encodeGlobalId('Notification', accountId, String(position));
    return Object.assign(new Notification(), row, { row, id, isRead: position <= readPosition });
  }
}

export const NotificationConnection = connectionType(
  Notification,
  edgeType(Notification, 'Notification'),
  'Notification',
);
