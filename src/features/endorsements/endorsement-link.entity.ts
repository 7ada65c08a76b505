import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ArticleEntity } from '../articles/article/article.entity.ts';
import { EndorsementEntity } from './endorsement.entity.ts';

/**
 * The mailed link of an endorsement without an account. Until it is confirmed, the row has the address, the texts and a time
 * at which it expires. Then it has the endorsement, and the address as long as no account owns the endorsement: the table is
 * the only one with addresses of people without an account, and a withdrawal removes them.
 */
@Entity('endorsement_link')
@ForeignKey(() => EndorsementEntity, ['articleId', 'endorsementId'], ['articleId', 'id'], {
  name: 'endorsement_link_endorsement_fk',
})
@Check(
  'endorsement_link_texts_check',
  `(display_name IS NOT NULL) = (endorsement_id IS NULL AND email IS NOT NULL)
    AND (display_name IS NOT NULL OR num_nonnulls(affiliation, statement) = 0)`,
)
@Check('endorsement_link_expiry_check', 'expires_at IS NOT NULL OR endorsement_id IS NOT NULL')
@Index('endorsement_link_email_idx', ['email'], { where: 'email IS NOT NULL' })
@Index('endorsement_link_expires_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Index('endorsement_link_endorsement_idx', ['articleId', 'endorsementId'], {
  where: 'endorsement_id IS NOT NULL',
})
export class EndorsementLinkEntity {
  /** SHA-256 of its token, which only the mail contains. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'endorsement_link_pk' })
  hash!: Buffer;

  @Column({ type: 'bigint' })
  @ForeignKey(() => ArticleEntity, { name: 'endorsement_link_article_fk' })
  articleId!: string;

  /** Null until it is confirmed. */
  @Column({ type: 'bigint', nullable: true })
  endorsementId!: string | null;

  /** The address, in its stored form; null once an account owns the endorsement, or it was withdrawn. */
  @Column({ type: 'text', nullable: true })
  email!: string | null;

  /** Null once it is confirmed, like the next two columns. */
  @Column({ type: 'text', nullable: true })
  displayName!: string | null;

  @Column({ type: 'text', nullable: true })
  affiliation!: string | null;

  @Column({ type: 'text', nullable: true })
  statement!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /**
   * When it is forgotten, unless it was confirmed by then; null: it is valid as long as the endorsement. A confirmed one that
   * has expired and has an address is the second endorsement of an account: a node withdraws it.
   */
  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
}

/** Mails about endorsements that were asked for in one hour, for one requesting client, recipient or article. */
@Entity('endorsement_mail_count')
@Index('endorsement_mail_count_hour_idx', ['hour'])
export class EndorsementMailCountEntity {
  /** SHA-256 of what is counted, so that the table has no address. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'endorsement_mail_count_pk' })
  key!: Buffer;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'endorsement_mail_count_pk' })
  hour!: Date;

  @Column({ type: 'integer' })
  mails!: number;
}
