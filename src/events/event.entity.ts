import { Check, Column, Entity, Generated, PrimaryColumn } from 'typeorm';

/**
 * Something that happened to an article. No foreign keys: the only writer takes every id from rows that it
 * wrote in the same transaction.
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

  /** Whether the event took its comment out of the thread. */
  @Column({ type: 'boolean', default: false })
  vanished!: boolean;

  @Column({ type: 'bigint', nullable: true })
  endorsementId!: string | null;

  /** The key of the request that caused it, by which a client recognises its own change. */
  @Column({ type: 'uuid', nullable: true })
  idempotencyKey!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  occurredAt!: Date;
}

/** The log as a whole, one row. */
@Entity('event_log')
@Check('event_log_single', 'id')
export class EventLogEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'event_log_pk' })
  id!: boolean;

  /** Changes when the sequences can't be trusted to go on, as after a restore from a backup. */
  @Column({ type: 'uuid' })
  @Generated('uuid')
  epoch!: string;
}
