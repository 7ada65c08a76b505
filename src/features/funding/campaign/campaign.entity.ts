import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ArticleEntity } from '../../articles/article/article.entity.ts';
import type { CampaignStatus, MilestoneStatus } from './transitions.ts';

/** The campaign of an article, its pitch. Totals stand in the article's counters. */
@Entity('campaign')
@Check('campaign_status_check', `status IN ('DRAFT', 'LIVE', 'SUSPENDED', 'SUCCEEDED', 'ENDED', 'CANCELLED')`)
@Check('campaign_launched_check', `status IN ('DRAFT', 'CANCELLED') OR launched_at IS NOT NULL`)
@Check('campaign_ended_check', `(status IN ('SUCCEEDED', 'ENDED', 'CANCELLED')) = (ended_at IS NOT NULL)`)
@Index('campaign_deadline_idx', ['deadline', 'articleId'], { where: `status IN ('LIVE', 'SUSPENDED')` })
@Index('campaign_launched_idx', ['launchedAt', 'articleId'], { where: 'launched_at IS NOT NULL' })
export class CampaignEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'campaign_pk' })
  @ForeignKey(() => ArticleEntity, { name: 'campaign_article_fk' })
  articleId!: string;

  @Column({ type: 'text', default: 'DRAFT' })
  status!: CampaignStatus;

  /** Whether no money moves. A campaign never changes from one mode to the other. */
  @Column({ type: 'boolean' })
  testMode!: boolean;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'timestamptz' })
  deadline!: Date;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  launchedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}

/** A cumulative goal of a campaign; goals rise with the position. Amounts are minor units of the currency. */
@Entity('milestone')
@Check('milestone_position_check', 'position BETWEEN 1 AND 5')
@Check('milestone_goal_check', 'goal > 0')
@Check('milestone_status_check', `status IN ('PLANNED', 'OPEN', 'REACHED', 'FUNDED', 'SHORT', 'MISSED')`)
@Check('milestone_unlocked_article_check', 'unlocked_article_id <> article_id')
@Index('milestone_unlocked_article_key', ['unlockedArticleId'], { unique: true, where: `status <> 'MISSED'` })
@Index('milestone_open_key', ['articleId'], { unique: true, where: `status = 'OPEN'` })
@Index('milestone_reached_idx', ['reachedAt', 'articleId', 'position'], { where: `status = 'REACHED'` })
@Index('milestone_to_unlock_idx', ['reachedAt', 'articleId', 'position'], {
  where: 'unlocked_article_id IS NOT NULL AND reached_at IS NOT NULL AND unlocked_at IS NULL',
})
export class MilestoneEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'milestone_pk' })
  @ForeignKey(() => CampaignEntity, { name: 'milestone_campaign_fk' })
  articleId!: string;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'milestone_pk' })
  position!: number;

  @Column({ type: 'text' })
  title!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ type: 'bigint' })
  goal!: string;

  @Column({ type: 'text', default: 'PLANNED' })
  status!: MilestoneStatus;

  /** A draft that is published once the milestone is reached. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => ArticleEntity, { name: 'milestone_unlocked_article_fk' })
  unlockedArticleId!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  reachedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  settledAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  unlockedAt!: Date | null;
}
