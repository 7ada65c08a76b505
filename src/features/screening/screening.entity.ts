import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../people/account/account.entity.ts';
import { ArticleEntity } from '../articles/article/article.entity.ts';
import type { HookDeadlineAction } from './screening-settings.ts';
import type { WordAction, WordMode } from './word-list.ts';

/** What the site asks of comments before they are public, in one row. Articles have their own values in `ArticleEntity`. */
@Entity('screening_settings')
@Check('screening_settings_single', 'id')
@Check(
  'screening_settings_check',
  `first_comments BETWEEN 0 AND 100 AND max_links BETWEEN 0 AND 100
    AND slow_mode_seconds BETWEEN 0 AND 86400 AND reports_to_hold BETWEEN 0 AND 100 AND claim_seconds BETWEEN 30 AND 3600
    AND hook_deadline_seconds BETWEEN 10 AND 86400 AND hook_deadline_action IN ('PUBLISH', 'HOLD')`,
)
export class ScreeningSettingsEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'screening_settings_pk' })
  id!: boolean;

  /** Grows with every change of this row and of the words: nodes keep both in memory by this number. */
  @Column({ type: 'integer', default: 0 })
  revision!: number;

  @Column({ type: 'boolean', default: false })
  isPremoderated!: boolean;

  @Column({ type: 'integer', default: 0 })
  firstComments!: number;

  @Column({ type: 'integer', nullable: true })
  maxLinks!: number | null;

  @Column({ type: 'text', array: true, default: [] })
  heldHosts!: string[];

  @Column({ type: 'text', array: true, default: [] })
  allowedHosts!: string[];

  @Column({ type: 'boolean', default: false })
  holdsRepeatedText!: boolean;

  @Column({ type: 'integer', default: 0 })
  slowModeSeconds!: number;

  /** Reports that take a comment back; 0: none do. */
  @Column({ type: 'integer', default: 3 })
  reportsToHold!: number;

  /** How long a moderator's claim lasts. */
  @Column({ type: 'integer', default: 300 })
  claimSeconds!: number;

  /** Whether a program of the publisher is asked about every text that nothing else holds. */
  @Column({ type: 'boolean', default: false })
  asksHook!: boolean;

  /** How long the program has to answer. */
  @Column({ type: 'integer', default: 300 })
  hookDeadlineSeconds!: number;

  /** What becomes of a text that it has not decided about by then. */
  @Column({ type: 'text', default: 'HOLD' })
  hookDeadlineAction!: HookDeadlineAction;
}

/** A word that comments are held or refused for. */
@Entity('screened_word')
@Check('screened_word_mode_check', `mode IN ('EXACT', 'PREFIX', 'PATTERN')`)
@Check('screened_word_action_check', `action IN ('HOLD', 'REFUSE')`)
@Index('screened_word_key', ['folded', 'mode', 'language'], { unique: true })
@Index('screened_word_account_idx', ['addedBy', 'id'], { where: 'added_by IS NOT NULL' })
export class ScreenedWordEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'screened_word_pk' })
  id!: string;

  @Column({ type: 'text' })
  text!: string;

  /** The text as it is compared. */
  @Column({ type: 'text' })
  folded!: string;

  @Column({ type: 'text' })
  mode!: WordMode;

  @Column({ type: 'text' })
  action!: WordAction;

  /** BCP 47 tag of the language by whose rules the word is folded; empty: none in particular. */
  @Column({ type: 'text', default: '' })
  language!: string;

  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'screened_word_account_fk' })
  addedBy!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  addedAt!: Date;
}

/** When an account has commented on an article in slow mode. */
@Entity('slow_mode_turn')
@Index('slow_mode_turn_account_idx', ['accountId', 'articleId'])
@Index('slow_mode_turn_taken_idx', ['takenAt'])
export class SlowModeTurnEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'slow_mode_turn_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'slow_mode_turn_article_fk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'slow_mode_turn_pk' })
  @ForeignKey(() => AccountEntity, { name: 'slow_mode_turn_account_fk' })
  accountId!: string;

  @Column({ type: 'timestamptz' })
  takenAt!: Date;
}
