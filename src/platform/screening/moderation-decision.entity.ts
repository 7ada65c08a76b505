import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ModerationActorKind, ModerationReason } from './moderation-event-kinds.ts';

/** The kinds of decisions: the first six are of one comment, the others of an account. */
export const moderationDecisionKinds = [
  /** A comment, or a new text of one, became public. */
  'APPROVED',
  'EDIT_APPROVED',
  'REJECTED',
  'EDIT_REJECTED',
  'REMOVED',
  /** A public comment stays, whatever was reported. */
  'KEPT',
  'RESTORED',
  'SUSPENDED',
  'BANNED',
  'PREMODERATED',
  /** Everything that an account has written since a time was removed. */
  'REMOVED_SINCE',
  /** A sanction ended before its time, or one without an end did. */
  'SUSPENSION_LIFTED',
  'PREMODERATION_LIFTED',
] as const;
export type ModerationDecisionKind = (typeof moderationDecisionKinds)[number];

/** A decision of a moderator, or of a service account. Without foreign keys, as the events of moderation. */
@Entity('moderation_decision')
@Check('moderation_decision_note_check', 'char_length(note) BETWEEN 1 AND 500')
@Check('moderation_decision_undone_check', 'undone_at IS NOT NULL OR undone_by IS NULL')
@Index('moderation_decision_comment_idx', ['articleId', 'commentId', 'id'], {
  where: 'comment_id IS NOT NULL',
})
@Index('moderation_decision_subject_idx', ['subjectId', 'id'], { where: 'subject_id IS NOT NULL' })
@Index('moderation_decision_actor_idx', ['actorId', 'id'], { where: 'actor_id IS NOT NULL' })
export class ModerationDecisionEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'moderation_decision_pk' })
  id!: string;

  @Column({ type: 'text' })
  kind!: ModerationDecisionKind;

  @Column({ type: 'text' })
  actorKind!: ModerationActorKind;

  /** Who has decided; null for the service itself, and for an account that was erased. */
  @Column({ type: 'bigint', nullable: true })
  actorId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  articleId!: string | null;

  @Column({ type: 'bigint', nullable: true })
  commentId!: string | null;

  /** The revision that was decided on. */
  @Column({ type: 'integer', nullable: true })
  revision!: number | null;

  /** The account that the decision is about: the comment's author; null: it has no account, or was erased. */
  @Column({ type: 'bigint', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'text', nullable: true })
  reason!: ModerationReason | null;

  /** For the account that it is about; null: none was written. */
  @Column({ type: 'text', nullable: true })
  note!: string | null;

  /** When a sanction ends by itself; null: never, or it is none. */
  @Column({ type: 'timestamptz', nullable: true })
  until!: Date | null;

  /** From when on comments were removed. */
  @Column({ type: 'timestamptz', nullable: true })
  since!: Date | null;

  /** What held the comment before, so that the decision can be undone. */
  @Column({ type: 'jsonb', nullable: true })
  before!: Record<string, unknown> | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  decidedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  undoneAt!: Date | null;

  @Column({ type: 'bigint', nullable: true })
  undoneBy!: string | null;
}
