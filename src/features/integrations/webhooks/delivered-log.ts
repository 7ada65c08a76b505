import { refusalToModerate, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Scope } from '../../../platform/auth/scopes.ts';
import type { NumberedLog } from '../../../platform/events/numbered-log.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import { siteLog } from '../site-log/site-log.ts';
import { scopesOfLog, type WebhookLog } from './webhook.policy.ts';

/** A log whose events endpoints are sent. */
export interface DeliveredLog {
  readonly log: NumberedLog;
  /** The subscription that shows its events. */
  readonly field: string;
  /** `type` of a message. */
  readonly type: string;
  /** The beginning of the number in `webhook-id`, by which receivers know an event. */
  readonly idPrefix: string;
  /** What a service account may do while it is shown an event. */
  readonly scopes: ReadonlySet<Scope>;
  /** Why a service account is not shown the log; undefined: it is. */
  readonly refusal: (viewer: Viewer) => string | undefined;
}

export const deliveredLogs: Readonly<Record<WebhookLog, DeliveredLog>> = {
  SITE: {
    log: siteLog,
    field: 'siteEvents',
    type: 'site.event',
    idPrefix: '',
    scopes: new Set(scopesOfLog.SITE),
    refusal: () => undefined,
  },
  MODERATION: {
    log: moderationLog,
    field: 'moderationEvents',
    type: 'moderation.event',
    idPrefix: 'moderation-',
    scopes: new Set(scopesOfLog.MODERATION),
    refusal: (viewer) =>
      refusalToModerate(viewer) && 'The service account is not a moderator, or is suspended.',
  },
};

/** The log that a subscription shows. */
export const logOfField = (field: string): WebhookLog =>
  field === deliveredLogs.MODERATION.field ? 'MODERATION' : 'SITE';
