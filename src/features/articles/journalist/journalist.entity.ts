import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';

/** A person who writes articles, with or without an account here. */
@Entity('journalist')
@Unique('journalist_slug_key', ['slug'])
@Unique('journalist_account_key', ['accountId'])
@Index('journalist_name_idx', ['name', 'id'])
@Index('journalist_without_keys_idx', ['id'], { where: 'name_keys IS NULL' })
export class JournalistEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'journalist_pk',
  })
  id!: string;

  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'journalist_account_fk' })
  accountId!: string | null;

  @Column({ type: 'text' })
  slug!: string;

  @Column({ type: 'text' })
  name!: string;

  /** `nameKeys` of the name; null until a node has stored them. A trigger sets it null when the name changes. */
  @Column({ type: 'text', array: true, nullable: true })
  nameKeys!: string[] | null;

  @Column({ type: 'text', nullable: true })
  location!: string | null;

  @Column({ type: 'text', nullable: true })
  photoUrl!: string | null;

  @Column({ type: 'text', nullable: true })
  bioMarkdown!: string | null;

  @Column({ type: 'text', nullable: true })
  bioHtml!: string | null;

  @Column({ type: 'text', nullable: true })
  bioText!: string | null;
}
