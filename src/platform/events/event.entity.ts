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

  /** What the event is about, by its key within the article; null: the article itself. */
  @Column({ type: 'bigint', nullable: true })
  subjectId!: string | null;

  /** What else the kind says. */
  @Column({ type: 'jsonb', nullable: true })
  detail!: unknown;

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
