import { accountFeature } from '../features/people/account.feature.ts';
import { articleFeature } from '../features/articles/feature.ts';
import { commentFeature } from '../features/comments/feature.ts';
import { endorsementFeature } from '../features/endorsements/feature.ts';
import type { ArticleEventKind } from '../platform/events/event.ts';
import type { Scope } from '../platform/auth/scopes.ts';
import type { UserErrorCode } from '../platform/errors/errors.ts';
import type { IdSequence } from '../platform/idempotency/idempotency.queries.ts';
import type { CountChanges } from '../platform/events/log.ts';
import type { NotificationKind } from '../platform/feature/notification.ts';
import type { PageRoute } from '../platform/http/paths.ts';
import type { Feature } from '../platform/feature/feature.ts';
import { platformFeature } from '../platform/feature/platform.feature.ts';
import { fundingFeature } from '../features/funding/feature.ts';
import { importedAuthorFeature } from '../features/comments/imported-authors/feature.ts';
import { loginFeature } from '../features/people/login.feature.ts';
import { journalistFeature } from '../features/articles/journalist/feature.ts';
import { moderationFeature } from '../features/moderation/feature.ts';
import { notificationFeature } from '../features/notifications/feature.ts';
import { outgoingMailFeature } from '../features/people/outgoing-mail/feature.ts';
import { screeningFeature } from '../features/screening/feature.ts';
import { siteLogFeature } from '../features/integrations/site-log/feature.ts';
import { webhookFeature } from '../features/integrations/webhooks/feature.ts';
import { passkeysFeature } from '../features/people/passkeys.feature.ts';
import { tokensFeature } from '../features/people/tokens/feature.ts';

const declared = [
  platformFeature,
  accountFeature,
  outgoingMailFeature,
  passkeysFeature,
  tokensFeature,
  loginFeature,
  journalistFeature,
  articleFeature,
  notificationFeature,
  screeningFeature,
  endorsementFeature,
  commentFeature,
  fundingFeature,
  siteLogFeature,
  webhookFeature,
  moderationFeature,
  importedAuthorFeature,
] as const;

type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;
type Declared =
  | KeyOfAny<(typeof declared)[number]['events']>
  | KeyOfAny<(typeof declared)[number]['counters']>
  | KeyOfAny<(typeof declared)[number]['notifications']>
  | KeyOfAny<(typeof declared)[number]['idempotency']>
  | KeyOfAny<(typeof declared)[number]['errorCodes']>
  | KeyOfAny<(typeof declared)[number]['scopes']>
  | KeyOfAny<(typeof declared)[number]['served']['pages']>;
type AllDeclared = [
  Exclude<
    ArticleEventKind | keyof CountChanges | NotificationKind | IdSequence | UserErrorCode | Scope | PageRoute,
    Declared
  >,
] extends [never]
  ? readonly Feature[]
  : never;

/**
 * All features, from the bottom up: each knows those before it. The service's tables, resolvers, events, pruning and
 * erasure come only from this list. It does not compile while no feature declares a kind of events or notifications, a
 * count of articles, a sequence of idempotency keys, an error code, a scope or a page.
 */
export const features: AllDeclared = declared;
