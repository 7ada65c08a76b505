import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** The state of the site's log, in one row, which every relay locks before it adds events. */
@Entity('site_log')
@Check('site_log_single', 'id')
export class SiteLogEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'site_log_pk' })
  id!: boolean;

  /** Number of the newest event; 0 before the first. */
  @Column({ type: 'bigint', default: 0 })
  sequence!: string;

  /** Events up to this number are not in the log any more. */
  @Column({ type: 'bigint', default: 0 })
  prunedSequence!: string;

  /** Lower bound of the times of the events in the log, as an article's counter has it. */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  eventsSince!: Date;
}

/**
 * An event of the whole site: a public event of an article, copied with everything that it says. Without foreign keys,
 * for the reason of `ArticleEventEntity`.
 */
@Entity('site_event')
@Unique('site_event_article_key', ['articleId', 'articleSequence'])
export class SiteEventEntity {
  /** Counts from 1 without a gap, in the order of the commits. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'site_event_pk' })
  sequence!: string;

  @Column({ type: 'bigint' })
  articleId!: string;

  /** The number of the event in its article's log. */
  @Column({ type: 'integer' })
  articleSequence!: number;

  /** Whether the event made its article public. */
  @Column({ type: 'boolean', default: false })
  publishes!: boolean;

  @Column({ type: 'text' })
  kind!: string;

  /** As in the article's log. */
  @Column({ type: 'bigint', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  detail!: unknown;

  @Column({ type: 'uuid', nullable: true })
  idempotencyKey!: string | null;

  @Column({ type: 'timestamptz' })
  occurredAt!: Date;

  /** When the event was added to this log, by which it is pruned. */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  addedAt!: Date;
}

/** How far an article's log is in the site's; an article without a row: not at all. */
@Entity('site_position')
export class SitePositionEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'site_position_pk' })
  articleId!: string;

  /** Number of the last event of the article that was looked at. */
  @Column({ type: 'integer', default: 0 })
  sequence!: number;

  /** Whether the article was public after that event. */
  @Column({ type: 'boolean', default: false })
  isPublic!: boolean;
}
