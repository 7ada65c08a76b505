import { refusalToModerate, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Scope } from '../../../platform/auth/scopes.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { moderationLogKey, siteLog } from '../../../platform/events/event-cursor.ts';
import { articleEventKinds } from '../../../platform/events/event.ts';
import type { LogPart } from '../../../platform/events/log.ts';
import { moderationEventKinds } from '../../../platform/screening/moderation-event-kinds.ts';
import {
  selectModerationLogPart,
  selectModerationSequenceBefore,
} from '../../../platform/screening/moderation-log.queries.ts';
import { selectSiteLogPart, selectSiteSequenceBefore } from '../site-log/site-log.queries.ts';
import { scopesOfLog, type WebhookLog } from './webhook.policy.ts';

/** A log whose events endpoints are sent. */
export interface DeliveredLog {
  /** The key of the log among those of streams. */
  readonly key: string;
  /** The subscription that shows its events. */
  readonly field: string;
  /** `type` of a message. */
  readonly type: string;
  /** The beginning of the number in `webhook-id`, by which receivers know an event. */
  readonly idPrefix: string;
  readonly kinds: readonly string[];
  /** What a service account may do while it is shown an event. */
  readonly scopes: ReadonlySet<Scope>;
  readonly selectPart: (db: Queryable, after: number | null, limit: number) => Promise<LogPart>;
  readonly selectSequenceBefore: (db: Queryable, time: Date) => Promise<number>;
  /** Why a service account is not shown the log; undefined: it is. */
  readonly refusal: (viewer: Viewer) => string | undefined;
}

export const deliveredLogs: Readonly<Record<WebhookLog, DeliveredLog>> = {
  SITE: {
    key: siteLog,
    field: 'siteEvents',
    type: 'site.event',
    idPrefix: '',
    kinds: articleEventKinds,
    scopes: new Set(scopesOfLog.SITE),
    selectPart: selectSiteLogPart,
    selectSequenceBefore: selectSiteSequenceBefore,
    refusal: () => undefined,
  },
  MODERATION: {
    key: moderationLogKey,
    field: 'moderationEvents',
    type: 'moderation.event',
    idPrefix: 'moderation-',
    kinds: moderationEventKinds,
    scopes: new Set(scopesOfLog.MODERATION),
    selectPart: selectModerationLogPart,
    selectSequenceBefore: selectModerationSequenceBefore,
    refusal: (viewer) =>
      refusalToModerate(viewer) && 'The service account is not a moderator, or is suspended.',
  },
};

/** The log that a subscription shows. */
export const logOfField = (field: string): WebhookLog =>
  field === deliveredLogs.MODERATION.field ? 'MODERATION' : 'SITE';
