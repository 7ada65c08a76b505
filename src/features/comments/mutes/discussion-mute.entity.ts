import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';

/**
 * An article's discussion, or a thread of it, of which an account is told nothing. Without foreign keys to them, because the
 * mute of what is gone does nothing.
 */
@Entity('discussion_mute')
export class DiscussionMuteEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'discussion_mute_pk' })
  @ForeignKey(() => AccountEntity, { name: 'discussion_mute_account_fk' })
  accountId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'discussion_mute_pk' })
  articleId!: string;

  /** The comment with which the thread begins; 0: the article itself. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'discussion_mute_pk' })
  commentId!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
