import type { Scope } from '../../../platform/auth/scopes.ts';
import { hasRole, hasScope, type Viewer } from '../../../platform/auth/viewer.ts';
import type { WrittenText } from '../../../platform/text/written-text.ts';

/** ENDED: the endpoint has answered 410, or the token that has made it has ended. */
export type WebhookStatus = 'ACTIVE' | 'PAUSED' | 'ENDED';

/** What an endpoint is sent the events of: the public log of the site, or the log of moderation. */
export type WebhookLog = 'SITE' | 'MODERATION';

export type DeliveryStatus = 'PENDING' | 'DELIVERED' | 'FAILED';

export const maxWebhooks = 50;

/** Most characters of an endpoint's name, address and document. */
export const maxNameLength = 80;

/** By which administrators know an endpoint. */
export const webhookName: WrittenText = { form: 'LINE', max: maxNameLength, screening: 'NONE' };
export const maxUrlLength = 2000;
export const maxDocumentLength = 20_000;

/** Most attempts of an endpoint that are listed. */
export const maxListedAttempts = 50;

/** Whether a viewer may see and change endpoints: administrators who are not suspended. */
export const canManageWebhooks = (viewer: Viewer | null): boolean =>
  hasRole(viewer, 'ADMINISTRATOR') && viewer?.suspended === false && hasScope(viewer, 'ADMINISTER');

/** What is read of a log, in scopes of machine tokens. */
export const scopesOfLog: Readonly<Record<WebhookLog, readonly Scope[]>> = {
  SITE: ['READ'],
  MODERATION: ['READ', 'MODERATE'],
};

/** The scope that a viewer lacks for having the events of a log sent: who may not read them may not have them sent either. */
export const missingForLog = (viewer: Viewer, log: WebhookLog): Scope | undefined =>
  scopesOfLog[log].find((scope) => !hasScope(viewer, scope));

/** Whether a viewer may change, delete or repeat what an endpoint sends: a token only what it has made, since the rest does not end with it. */
export const canChangeWebhook = (viewer: Viewer, { tokenId }: { readonly tokenId: string | null }): boolean =>
  viewer.token === undefined || viewer.token.id === tokenId;

/** Waits between the attempts of one delivery, in seconds; the last one repeats. */
const waits = [5, 30, 120, 600, 1800, 3600] as const;

/** Time after the first attempt at which a delivery is given up: three days of outage, and the wait of an hour twice. */
const giveUpAfterMs = 74 * 3_600_000;

/** The longest time that an endpoint may ask for by `Retry-After`, in seconds. */
const longestRetryAfter = 24 * 3600;

/**
 * When a delivery is tried again.
 * @param delivery its attempts so far, at least one, and the time of the first one
 * @param retryAfterSeconds as the endpoint asks by `Retry-After`; 0: it does not
 * @param spread from 0 (included) to 1 (excluded): endpoints that failed together are not tried together
 * @returns null: it is given up
 */
export function nextAttemptAt(
  { attempts, firstAttemptAt }: { readonly attempts: number; readonly firstAttemptAt: Date },
  retryAfterSeconds: number,
  now: Date,
  spread: number,
): Date | null {
  if (now.getTime() - firstAttemptAt.getTime() >= giveUpAfterMs) return null;
  const wait = waits[Math.min(attempts, waits.length) - 1] ?? 0;
  const seconds = Math.max(wait * (1 + spread / 4), Math.min(retryAfterSeconds, longestRetryAfter));
  return new Date(now.getTime() + seconds * 1000);
}

/** Attempts that may fail in a row before the endpoint as a whole is left alone for a while. */
const tolerated = 5;

/** The longest time for which an endpoint is left alone, in seconds. */
const longestPause = 60;

/** Attempts at one endpoint that are under way at once, each of another article, on all nodes together. */
export const maxAttemptsAtOnce = 4;

/**
 * How long an endpoint is left alone, in seconds: one that answers nobody is asked once a minute, however many
 * deliveries wait; 0: not at all.
 * @param failures attempts in a row that have failed
 */
export const pauseSeconds = (failures: number): number =>
  failures < tolerated ? 0 : Math.min(longestPause, 2 ** Math.min(failures - tolerated, 10));

/** `pauseSeconds` of 0, 1, 2, … failures, up to the longest one. */
export const pauses: readonly number[] = Array.from({ length: tolerated + 11 }, (_, failures) =>
  pauseSeconds(failures),
);
