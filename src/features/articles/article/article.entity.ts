import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { JournalistEntity } from '../journalist/journalist.entity.ts';
import type { Precision } from '../../../platform/time/partial-date-time.ts';
import type { ArticleStatus, CommentPolicy } from './article.policy.ts';

/** The columns that lists of articles show; the text and the counts have separate tables. */
@Entity('article')
@Unique('article_slug_key', ['slug'])
@Unique('article_canonical_url_key', ['canonicalUrl'])
@Check('article_status_check', `status IN ('DRAFT', 'PUBLISHED', 'UNPUBLISHED')`)
@Check('article_comment_policy_check', `comment_policy IN ('OPEN', 'PREMODERATED', 'CLOSED')`)
@Check('article_published_precision_check', `published_precision IN ('YEAR', 'MONTH', 'DAY', 'INSTANT')`)
@Check('article_published_check', `status <> 'PUBLISHED' OR published_at IS NOT NULL`)
@Check(
  'article_screening_check',
  'slow_mode_seconds BETWEEN 0 AND 86400 AND max_links BETWEEN 0 AND 100 AND first_comments BETWEEN 0 AND 100',
)
@Check('article_precision_check', '(published_at IS NULL) = (published_precision IS NULL)')
@Index('article_published_idx', ['publishedAt', 'id'], { where: `status = 'PUBLISHED'` })
@Index('article_journalist_idx', ['journalistId', 'publishedAt', 'id'], { where: `status = 'PUBLISHED'` })
@Index('article_updated_idx', ['updatedAt', 'id'], { where: `status = 'PUBLISHED'` })
@Index('article_byline_idx', ['journalistId', 'id'], { where: `status <> 'PUBLISHED'` })
export class ArticleEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'article_pk',
  })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => JournalistEntity, { name: 'article_journalist_fk' })
  journalistId!: string;

  @Column({ type: 'text' })
  slug!: string;

  @Column({ type: 'text' })
  title!: string;

  /** The paragraph under the headline, as plain text. */
  @Column({ type: 'text', nullable: true })
  standfirst!: string | null;

  @Column({ type: 'text', default: 'DRAFT' })
  status!: ArticleStatus;

  @Column({ type: 'text', default: 'OPEN' })
  commentPolicy!: CommentPolicy;

  /** Seconds between two comments of one account; null, here and in the two columns below: what the site has set. */
  @Column({ type: 'integer', nullable: true })
  slowModeSeconds!: number | null;

  /** The most links of a comment that is not held. */
  @Column({ type: 'integer', nullable: true })
  maxLinks!: number | null;

  /** The number of an account's first comments that are held. */
  @Column({ type: 'integer', nullable: true })
  firstComments!: number | null;

  @Column({ type: 'timestamptz', nullable: true })
  publishedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  publishedPrecision!: Precision | null;

  /** URL at which the article first appeared, if that was on another site. */
  @Column({ type: 'text', nullable: true })
  canonicalUrl!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  updatedAt!: Date;
}

/** The long texts of an article, in a separate table so that reading a list of articles does not read them. */
@Entity('article_text')
export class ArticleTextEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'article_text_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'article_text_article_fk' })
  articleId!: string;

  @Column({ type: 'text' })
  bodyMarkdown!: string;

  @Column({ type: 'text' })
  bodyHtml!: string;

  @Column({ type: 'text' })
  bodyText!: string;

  @Column({ type: 'text', array: true, default: [] })
  contactAddresses!: string[];
}

/** A signature under an article; `position` is its place on the page. */
@Entity('signature')
export class SignatureEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'signature_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'signature_article_fk' })
  articleId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'signature_pk' })
  position!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  role!: string | null;

  @Column({ type: 'text', nullable: true })
  organisation!: string | null;
}

/** The most contended row of an article, locked by every write to the article: the event sequence and the counts. */
@Entity('article_counter')
export class ArticleCounterEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'article_counter_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'article_counter_article_fk' })
  articleId!: string;

  /** The sequence of the newest event; 0 before the first. */
  @Column({ type: 'integer', default: 0 })
  sequence!: number;

  /** Events up to this sequence have been pruned from the log. */
  @Column({ type: 'integer', default: 0 })
  prunedSequence!: number;

  /** Number of published comments, at any depth. */
  @Column({ type: 'integer', default: 0 })
  commentCount!: number;

  @Column({ type: 'integer', default: 0 })
  listedCount!: number;

  @Column({ type: 'integer', default: 0 })
  listedRootCount!: number;

  @Column({ type: 'integer', default: 0 })
  endorsementCount!: number;

  /** Totals of the article's campaign, in minor units; null: it has none that was launched. */
  @Column({ type: 'bigint', nullable: true })
  pledged!: string | null;

  @Column({ type: 'bigint', nullable: true })
  collected!: string | null;

  @Column({ type: 'bigint', nullable: true })
  paidOut!: string | null;

  @Column({ type: 'integer', nullable: true })
  backerCount!: number | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  lastEventAt!: Date;

  /**
   * Lower bound of the times of the events in the log. Used only by pruning, which examines the log again once this
   * time is past the retention.
   */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  @Index('article_counter_since_idx')
  eventsSince!: Date;
}
