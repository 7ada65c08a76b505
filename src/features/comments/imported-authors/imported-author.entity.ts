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
import { AccountEntity } from '../../people/account/account.entity.ts';

/** An author of imported comments, who has no account here until one claims the comments. */
@Entity('imported_author')
@Unique('imported_author_key_key', ['key'])
@Index('imported_author_digest_idx', ['emailDigest'], { where: 'email_digest IS NOT NULL' })
@Index('imported_author_account_idx', ['accountId'], { where: 'account_id IS NOT NULL' })
@Index('imported_author_moving_idx', ['id'], { where: 'is_moving' })
@Check('imported_author_forgotten_check', 'forgotten_at IS NULL OR (email_digest IS NULL AND name IS NULL)')
@Check('imported_author_moving_check', 'NOT is_moving OR account_id IS NOT NULL')
export class ImportedAuthorEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'imported_author_pk',
  })
  id!: string;

  /** The `authorKey` of documents; a digest of it once the author is forgotten. */
  @Column({ type: 'text' })
  key!: string;

  /** Null once the author is forgotten. */
  @Column({ type: 'text', nullable: true })
  name!: string | null;

  /** The time of the comment from which the name is: of several names the last one counts. */
  @Column({ type: 'timestamptz' })
  namedAt!: Date;

  /** SHA-256 of the secret and the author's e-mail address; null: not known, claimed or forgotten. */
  @Column({ type: 'bytea', nullable: true })
  emailDigest!: Buffer | null;

  /** The account that has claimed the comments. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'imported_author_account_fk' })
  accountId!: string | null;

  /** Whether a node still has to give comments to the account. */
  @Column({ type: 'boolean', default: false })
  isMoving!: boolean;

  /** When the author was erased; an import brings the name back no more. */
  @Column({ type: 'timestamptz', nullable: true })
  forgottenAt!: Date | null;
}

/** The key of the digests: one row. */
@Entity('imported_author_secret')
@Check('imported_author_secret_single', 'id')
export class ImportedAuthorSecretEntity {
  @PrimaryColumn({
    type: 'boolean',
    default: true,
    primaryKeyConstraintName: 'imported_author_secret_pk',
  })
  id!: boolean;

  @Column({ type: 'bytea' })
  secret!: Buffer;
}
