import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far an article's log was read for inboxes; an article without a row: not at all. */
@Entity('notification_position')
export class NotificationPositionEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'notification_position_pk' })
  articleId!: string;

  /** Number of the last event of which everybody was told. */
  @Column({ type: 'integer', default: 0 })
  sequence!: number;

  /** Of the next event, which many are told of: the last account that was; null: nobody was yet. */
  @Column({ type: 'bigint', nullable: true })
  toldAccountId!: string | null;
}
