import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';
import { ArticleEntity } from '../../articles/article/article.entity.ts';
import type { Precision } from '../../../platform/time/partial-date-time.ts';
import type { CommentStatus } from './comment.policy.ts';
import { ImportedAuthorEntity } from '../imported-authors/imported-author.entity.ts';

/**
 * A comment under an article. The indexes with an INCLUDE list are created in the migration, because TypeORM cannot
 * declare them.
 */
@Entity('comment')
@ForeignKey(() => CommentEntity, ['articleId', 'parentId'], ['articleId', 'id'], {
  name: 'comment_parent_fk',
})
@Check('comment_depth_check', 'depth BETWEEN 0 AND 250')
@Check('comment_status_check', `status IN ('PUBLISHED', 'PENDING', 'REJECTED', 'REMOVED')`)
@Check('comment_created_precision_check', `created_precision IN ('YEAR', 'MONTH', 'DAY', 'INSTANT')`)
@Check('comment_root_check', '(parent_id IS NULL) = (depth = 0)')
@Check(
  'comment_listed_check',
  `CASE status WHEN 'PUBLISHED' THEN listed WHEN 'REMOVED' THEN true ELSE NOT listed END`,
)
@Check(
  'comment_removed_check',
  `(status = 'REMOVED') = (removed_at IS NOT NULL) AND (status = 'REMOVED') = (removed_status IS NOT NULL)`,
)
@Check('comment_removed_status_check', `removed_status IN ('PUBLISHED', 'PENDING', 'REJECTED')`)
@Index('comment_import_key', ['articleId', 'importKey'], { unique: true, where: 'import_key IS NOT NULL' })
@Index('comment_account_idx', ['accountId', 'articleId', 'id'])
@Index('comment_own_idx', ['accountId', 'ordinal', 'id'], { where: 'account_id IS NOT NULL' })
@Index('comment_author_idx', { synchronize: false })
@Index('comment_imported_author_idx', ['importedAuthorId', 'articleId', 'id'], {
  where: 'imported_author_id IS NOT NULL',
})
@Check('comment_imported_author_check', 'imported_author_id IS NULL OR author_name IS NULL')
@Index('comment_thread_idx', { synchronize: false })
@Index('comment_listed_idx', { synchronize: false })
@Index('comment_root_idx', { synchronize: false })
@Index('comment_reply_idx', { synchronize: false })
@Index('comment_held_idx', { synchronize: false })
export class CommentEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'comment_article_fk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'comment_pk' })
  id!: string;

  @Column({ type: 'bigint', nullable: true })
  parentId!: string | null;

  /** The first comment of the thread; its own id for the first comment itself. */
  @Column({ type: 'bigint' })
  rootId!: string;

  @Column({ type: 'smallint' })
  depth!: number;

  /** Position in the order in which the comments were added to the article. */
  @Column({ type: 'bigint' })
  ordinal!: string;

  /** The ordinals from the root down to this comment; the byte order of paths is the reading order of the thread. */
  @Column({ type: 'bytea' })
  path!: Buffer;

  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'comment_account_fk' })
  accountId!: string | null;

  /** The author of an imported comment, who may have others; also after an account has claimed it. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => ImportedAuthorEntity, { name: 'comment_imported_author_fk' })
  importedAuthorId!: string | null;

  /** The name of an imported comment's author of whom nothing but the name is known. */
  @Column({ type: 'text', nullable: true })
  authorName!: string | null;

  @Column({ type: 'text' })
  status!: CommentStatus;

  /** Whether the comment has a place in the thread, as a published comment or as a tombstone. */
  @Column({ type: 'boolean' })
  listed!: boolean;

  @Column({ type: 'integer', default: 1 })
  revision!: number;

  @Column({ type: 'text' })
  bodyMarkdown!: string;

  @Column({ type: 'text' })
  bodyHtml!: string;

  @Column({ type: 'text' })
  bodyText!: string;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'text' })
  createdPrecision!: Precision;

  @Column({ type: 'timestamptz', nullable: true })
  editedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  removedAt!: Date | null;

  /** Status before the removal, so that restoring does not publish a comment that was pending. */
  @Column({ type: 'text', nullable: true })
  removedStatus!: Exclude<CommentStatus, 'REMOVED'> | null;

  /**
   * When its author has removed it, alone or after a moderator: no decision brings it back. Null also for what was removed before
   * this was stored.
   */
  @Column({ type: 'timestamptz', nullable: true })
  withdrawnAt!: Date | null;

  /** Idempotency key of a held comment: the event that makes the comment public carries this key. */
  @Column({ type: 'uuid', nullable: true })
  heldKey!: string | null;

  /** Key of the comment in the document that it was imported from, so that importing again changes nothing. */
  @Column({ type: 'text', nullable: true })
  importKey!: string | null;
}

/**
 * Counts of a comment, in a separate table so that counting does not rewrite the text, and the columns that the order
 * TOP needs.
 */
@Entity('comment_counter')
@Check('comment_score_check', 'score = like_count + insightful_count - disagree_count')
@Index('comment_top_idx', { synchronize: false })
@ForeignKey(() => CommentEntity, ['articleId', 'commentId'], ['articleId', 'id'], {
  name: 'comment_counter_comment_fk',
})
export class CommentCounterEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_counter_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_counter_pk' })
  commentId!: string;

  @Column({ type: 'integer', default: 0 })
  replyCount!: number;

  @Column({ type: 'integer', default: 0 })
  listedReplyCount!: number;

  /** Maintained only for the first comment of a thread; for others counted on the path index. */
  @Column({ type: 'integer', default: 0 })
  descendantCount!: number;

  @Column({ type: 'boolean', default: false })
  everReplied!: boolean;

  @Column({ type: 'integer', default: 0 })
  likeCount!: number;

  @Column({ type: 'integer', default: 0 })
  insightfulCount!: number;

  @Column({ type: 'integer', default: 0 })
  disagreeCount!: number;

  /** Likes that came with an imported comment: nobody's reactions, and included in `likeCount` while it is shown. */
  @Column({ type: 'integer', default: 0 })
  importedLikeCount!: number;

  /** Sort key of the order TOP. */
  @Column({ type: 'integer', default: 0 })
  score!: number;

  /** Copy of the comment's `parent_id`; 0 for the first comment of a thread. */
  @Column({ type: 'bigint' })
  parentId!: string;

  /** Copy of the comment's `ordinal`. */
  @Column({ type: 'bigint' })
  ordinal!: string;

  /** Copy of the comment's `listed`. */
  @Column({ type: 'boolean' })
  listed!: boolean;
}

/** One account's reaction of one kind to a comment. */
@Entity('comment_reaction')
@ForeignKey(() => CommentEntity, ['articleId', 'commentId'], ['articleId', 'id'], {
  name: 'comment_reaction_comment_fk',
})
@Index('comment_reaction_account_idx', ['accountId', 'articleId', 'commentId'])
@Check('comment_reaction_kind_check', `kind IN ('LIKE', 'INSIGHTFUL', 'DISAGREE')`)
export class CommentReactionEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_reaction_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_reaction_pk' })
  commentId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_reaction_pk' })
  @ForeignKey(() => AccountEntity, { name: 'comment_reaction_account_fk' })
  accountId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'comment_reaction_pk' })
  kind!: 'LIKE' | 'INSIGHTFUL' | 'DISAGREE';

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}

/** An earlier text of a comment that was edited. */
@Entity('comment_revision')
@ForeignKey(() => CommentEntity, ['articleId', 'commentId'], ['articleId', 'id'], {
  name: 'comment_revision_comment_fk',
})
export class CommentRevisionEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_revision_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_revision_pk' })
  commentId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'comment_revision_pk' })
  revision!: number;

  @Column({ type: 'text' })
  bodyMarkdown!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  replacedAt!: Date;
}
