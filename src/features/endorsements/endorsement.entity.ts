import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../people/account/account.entity.ts';
import { ArticleEntity } from '../articles/article/article.entity.ts';
import type { Precision } from '../../platform/time/partial-date-time.ts';

/**
 * A person's public support for an article. The indexes with an INCLUDE list are created in the migration, because
 * TypeORM cannot declare them.
 */
@Entity('endorsement')
@Check('endorsement_created_precision_check', `created_precision IN ('YEAR', 'MONTH', 'DAY', 'INSTANT')`)
@Index('endorsement_identity_key', ['articleId', 'identity'], { unique: true, where: 'withdrawn_at IS NULL' })
@Index('endorsement_import_key', ['articleId', 'importKey'], {
  unique: true,
  where: 'import_key IS NOT NULL',
})
@Index('endorsement_own_idx', ['accountId', 'ordinal', 'id'], { where: 'withdrawn_at IS NULL' })
@Index('endorsement_listed_idx', { synchronize: false })
@Index('endorsement_featured_idx', { synchronize: false })
export class EndorsementEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'endorsement_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'endorsement_article_fk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'endorsement_pk' })
  id!: string;

  /** Position in the order in which the endorsements were added to the article. */
  @Column({ type: 'bigint' })
  ordinal!: string;

  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'endorsement_account_fk' })
  accountId!: string | null;

  /**
   * The verified identity of the person, which may have only one live endorsement per article; null without
   * verification.
   */
  @Column({ type: 'text', nullable: true })
  identity!: string | null;

  @Column({ type: 'text' })
  displayName!: string;

  @Column({ type: 'text', nullable: true })
  affiliation!: string | null;

  @Column({ type: 'text', nullable: true })
  statement!: string | null;

  @Column({ type: 'boolean', default: false })
  featured!: boolean;

  @Column({ type: 'boolean' })
  listed!: boolean;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'text' })
  createdPrecision!: Precision;

  @Column({ type: 'timestamptz', nullable: true })
  withdrawnAt!: Date | null;

  /** Whether a mailed link confirmed it, whoever owns it now. */
  @Column({ type: 'boolean', default: false })
  byMail!: boolean;

  /** Key of the endorsement in the document that it was imported from, so that importing again changes nothing. */
  @Column({ type: 'text', nullable: true })
  importKey!: string | null;
}
