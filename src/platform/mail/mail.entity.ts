import { Check, Column, Entity, ForeignKey, Generated, Index, PrimaryColumn, Unique } from 'typeorm';

/** A mail that is to be sent, or was. The row is written in the transaction of what the mail tells of. */
@Entity('mail')
@Unique('mail_dedupe_key', ['dedupeKey'])
@Check(
  'mail_recipient_check',
  `recipient = lower(recipient) AND recipient ~ '^[^[:space:][:cntrl:]<>]{3,254}$'`,
)
@Check('mail_kind_check', `kind ~ '^[A-Z_]{1,50}$'`)
@Check('mail_subject_check', `char_length(subject) <= 200 AND subject !~ '[[:cntrl:]]'`)
@Check('mail_length_check', 'char_length(text) <= 20000 AND char_length(html) <= 150000')
@Check('mail_dedupe_check', 'char_length(dedupe_key) <= 200')
@Check(
  'mail_unsubscribe_check',
  `unsubscribe_url ~ '^https?://[!-;=?-~]+$' AND char_length(unsubscribe_url) <= 900`,
)
@Check('mail_error_check', `last_error ~ '^[A-Z0-9_ ]{1,60}$'`)
@Check('mail_state_check', 'num_nonnulls(look_at, sent_at, given_up_at) = 1')
@Index('mail_look_idx', ['lookAt'], { where: 'look_at IS NOT NULL' })
@Index('mail_process_idx', ['processId'], { where: 'process_id IS NOT NULL' })
@Index('mail_recipient_idx', ['recipient', 'createdAt'])
@Index('mail_account_idx', ['accountId', 'createdAt'])
@Index('mail_created_idx', ['createdAt'])
@Index('mail_content_idx', ['createdAt'], { where: `look_at IS NULL AND text <> ''` })
export class MailEntity {
  /** Names the mail outside: in its `Message-ID`. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'mail_pk' })
  @Generated('uuid')
  id!: string;

  /** The address, in lower case. */
  @Column({ type: 'text' })
  recipient!: string;

  /** The account on whose behalf the mail is sent; null: the service itself. Names the table: the platform knows no feature. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey('account', { name: 'mail_account_fk' })
  accountId!: string | null;

  @Column({ type: 'text' })
  kind!: string;

  /** Of mails with one key only the first is written; null: none is compared. */
  @Column({ type: 'text', nullable: true })
  dedupeKey!: string | null;

  /** What somebody has asked for it for, as `MailPurpose`; null: nobody asks for such mails, or not any more. */
  @Column({ type: 'text', nullable: true })
  purpose!: string | null;

  /** Hash of who has asked for it, and of the network; null as the purpose, and after a week. */
  @Column({ type: 'bytea', nullable: true })
  asker!: Buffer | null;

  @Column({ type: 'bytea', nullable: true })
  askerNetwork!: Buffer | null;

  /** Whether the asker had shown to be the recipient. */
  @Column({ type: 'boolean', nullable: true })
  askerKnown!: boolean | null;

  /** Whether the contents give rights to their reader: then they are removed once the mail was sent to somebody. */
  @Column({ type: 'boolean' })
  secret!: boolean;

  /** Empty after a while, like the next two columns. */
  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  text!: string;

  @Column({ type: 'text' })
  html!: string;

  @Column({ type: 'text', nullable: true })
  unsubscribeUrl!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** When a worker takes it next: a worker that sends it puts this off first, as the end of its lease. Null: it is done. */
  @Column({ type: 'timestamptz', nullable: true, default: () => 'clock_timestamp()' })
  lookAt!: Date | null;

  /** The process that sends it. Once it is gone, another one takes the mail. */
  @Column({ type: 'uuid', nullable: true })
  processId!: string | null;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz', nullable: true })
  sentAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  givenUpAt!: Date | null;

  /** Code of the last failure, without any text of the server, which may quote addresses. */
  @Column({ type: 'text', nullable: true })
  lastError!: string | null;
}
