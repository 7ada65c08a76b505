import { type ArticleFacts, canEditArticle } from '../../articles/article/article.policy.ts';

/** Most characters of a milestone's texts, and of the name of a payout's receiver. */
export const maxTitleLength = 120;
export const maxDescriptionLength = 2000;
export const maxDestinationLength = 255;
import { hasRole, isAccount, refusalToSpeak, type Viewer } from '../../../platform/auth/viewer.ts';
import type { CampaignStatus } from './transitions.ts';

/** The facts about a campaign on which its rules depend. */
export interface CampaignFacts {
  readonly status: CampaignStatus;
  readonly testMode: boolean;
  readonly deadline: Date;
}

/** A campaign is made and led by those who may edit its pitch. */
export const canManageCampaign = canEditArticle;

/** Editors return money, pay it out, and suspend campaigns. */
export function canMoveMoney(viewer: Viewer | null): boolean {
  return viewer !== null && !viewer.suspended && hasRole(viewer, 'EDITOR', 'ADMINISTRATOR');
}

/** A campaign is public once it was launched, its draft is visible to those who manage it. */
export function canSeeCampaign(
  { status, launchedAt }: { readonly status: CampaignStatus; readonly launchedAt: Date | null },
  article: ArticleFacts,
  viewer: Viewer | null,
): boolean {
  return (status !== 'DRAFT' && launchedAt !== null) || canManageCampaign(article, viewer);
}

/** Whether a campaign takes pledges at a time. */
export function isOpen({ status, deadline }: CampaignFacts, article: ArticleFacts, now: Date): boolean {
  return status === 'LIVE' && article.status === 'PUBLISHED' && now < deadline;
}

/**
 * Until when backers may repair payments to a milestone that failed: then it is settled, and their pledges are dropped.
 * Null while the milestone is not reached.
 * @param graceMs the time for it, in milliseconds
 */
export function repairableUntil(
  { reachedAt }: { readonly reachedAt: string | null },
  graceMs: number,
): Date | null {
  return reachedAt === null ? null : new Date(Date.parse(reachedAt) + graceMs);
}

/** Everybody may pledge but a service account: nobody would pay. */
export const isPerson = (viewer: Viewer): boolean => viewer.token?.isService !== true;

/** Every person with an account may pledge but the journalist, who would raise the figures of their own campaign. */
export function mayBack(article: ArticleFacts, viewer: Viewer | null): boolean {
  return (
    viewer !== null &&
    isPerson(viewer) &&
    !refusalToSpeak(viewer) &&
    !isAccount(viewer, article.ownerAccountId)
  );
}
