import { Check, Column, Entity, Generated, PrimaryColumn } from 'typeorm';

/**
 * An event of an article. Without foreign keys, because the only writer takes every id from rows that it wrote in the
 * same transaction.
 */
@Entity('article_event')
export class ArticleEventEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'article_event_pk' })
  articleId!: string;

  /** Counts from 1 without a gap, per article, in the order of the commits. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'article_event_pk' })
  sequence!: number;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'bigint', nullable: true })
  commentId!: string | null;

  /** Whether the event removed its comment from the thread. */
  @Column({ type: 'boolean', default: false })
  vanished!: boolean;

  @Column({ type: 'bigint', nullable: true })
  endorsementId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  pledgeId!: string | null;

  /** Position of a campaign's milestone. */
  @Column({ type: 'smallint', nullable: true })
  milestone!: number | null;

  /** The key of the request that caused the event, by which a client recognises its own change. */
  @Column({ type: 'uuid', nullable: true })
  idempotencyKey!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  occurredAt!: Date;
}

/** The state of the whole log, in one row. */
@Entity('event_log')
@Check('event_log_single', 'id')
export class EventLogEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'event_log_pk' })
  id!: boolean;

  /** Changes when the sequences can't be trusted to continue, as after a restore from a backup. */
  @Column({ type: 'uuid' })
  @Generated('uuid')
  epoch!: string;
}
