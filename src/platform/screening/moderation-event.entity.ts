import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ModerationActorKind, ModerationEventKind, ModerationReason } from './moderation-event-kinds.ts';

/** The state of the log of moderation, in one row, which every transaction that appends to the log locks. */
@Entity('moderation_log')
@Check('moderation_log_single', 'id')
export class ModerationLogEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'moderation_log_pk' })
  id!: boolean;

  /** Number of the newest event; 0 before the first. */
  @Column({ type: 'bigint', default: 0 })
  sequence!: string;

  /** Events up to this number are not in the log any more. */
  @Column({ type: 'bigint', default: 0 })
  prunedSequence!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  lastEventAt!: Date;

  /** Lower bound of the times of the events in the log, as an article's counter has it. */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  eventsSince!: Date;

  /** Of events up to this number all administrators were told whom it concerns. */
  @Column({ type: 'bigint', default: 0 })
  administratorsTold!: string;
}

/**
 * A fact of moderation: who did what to whom, when and why, in ids. Without foreign keys: rows that it names may be removed,
 * and an account that is erased is taken out of it.
 * The indexes have an order that TypeORM cannot describe, and are created in the migration.
 */
@Entity('moderation_event')
@Check('moderation_event_actor_check', `actor_kind IN ('PERSON', 'SERVICE_ACCOUNT', 'SYSTEM')`)
@Check(
  'moderation_event_comment_check',
  `CASE WHEN comment_id IS NULL
    THEN kind NOT IN ('HELD', 'REPORTED', 'CLAIMED', 'RELEASED', 'WITHDRAWN', 'HOOK_UNANSWERED', 'ESCALATED') ELSE article_id IS NOT NULL END`,
)
@Index('moderation_event_kind_idx', { synchronize: false })
@Index('moderation_event_actor_kind_idx', { synchronize: false })
@Index('moderation_event_subject_kind_idx', { synchronize: false })
@Index('moderation_event_comment_idx', { synchronize: false })
export class ModerationEventEntity {
  /** Counts from 1 without a gap, in the order of the commits. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_event_pk' })
  sequence!: string;

  @Column({ type: 'text' })
  kind!: ModerationEventKind;

  @Column({ type: 'text' })
  actorKind!: ModerationActorKind;

  /** The account that has acted; null for the service itself, and for an account that was erased. */
  @Column({ type: 'bigint', nullable: true })
  actorId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  articleId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  commentId!: string | null;

  /** The revision of the text that the event is about. */
  @Column({ type: 'integer', nullable: true })
  revision!: number | null;

  /** The account that the event is about, such as a comment's author; null also once it was erased. */
  @Column({ type: 'bigint', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  decisionId!: string | null;

  @Column({ type: 'text', nullable: true })
  reason!: ModerationReason | null;

  /** Facts of the kind, such as the phase that held a comment: never what somebody wrote. */
  @Column({ type: 'jsonb', nullable: true })
  detail!: Record<string, unknown> | null;

  @Column({ type: 'timestamptz' })
  occurredAt!: Date;
}
