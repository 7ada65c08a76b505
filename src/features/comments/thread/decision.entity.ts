import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CommentEntity } from './comment.entity.ts';
import type { DecisionKind } from './decision.queries.ts';

/** A moderator's last decision against a comment of somebody else, as long as it stands. */
@Entity('comment_decision')
@ForeignKey(() => CommentEntity, ['articleId', 'commentId'], ['articleId', 'id'], {
  name: 'comment_decision_comment_fk',
})
@Check('comment_decision_kind_check', `kind IN ('REJECTED', 'REMOVED', 'EDIT_REJECTED')`)
@Check('comment_decision_reason_check', 'char_length(reason) BETWEEN 1 AND 500')
export class CommentDecisionEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_decision_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_decision_pk' })
  commentId!: string;

  @Column({ type: 'text' })
  kind!: DecisionKind;

  /** For the comment's author; null: none was given. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  decidedAt!: Date;
}
