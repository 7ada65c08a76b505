import { accountFeature } from '../account/feature.ts';
import { articleFeature } from '../article/feature.ts';
import { commentFeature } from '../comment/feature.ts';
import { endorsementFeature } from '../endorsement/feature.ts';
import type { ArticleEventKind } from '../events/event.ts';
import { eventLogFeature } from '../events/feature.ts';
import type { Feature } from '../feature/feature.ts';
import { fundingFeature } from '../funding/feature.ts';
import { importedAuthorFeature } from '../imported-author/feature.ts';
import { keptFeature } from '../kept/feature.ts';
import { leasesFeature } from '../leases/feature.ts';
import { loginFeature } from '../login/feature.ts';
import { mailFeature } from '../mail/feature.ts';
import { nodeFeature } from '../graphql/feature.ts';
import { inboxFeature } from '../inbox/feature.ts';
import { idempotencyFeature } from '../idempotency/feature.ts';
import { journalistFeature } from '../journalist/feature.ts';
import { moderationFeature } from '../moderation/feature.ts';
import { moderationLogFeature } from '../moderation-log/feature.ts';
import { notificationFeature } from '../notification/feature.ts';
import { outgoingMailFeature } from '../outgoing-mail/feature.ts';
import { screeningFeature } from '../screening/feature.ts';
import { siteLogFeature } from '../site-log/feature.ts';
import { webhookFeature } from '../webhook/feature.ts';
import { passkeysFeature } from '../passkeys/feature.ts';
import { tokensFeature } from '../tokens/feature.ts';

const declared = [
  nodeFeature,
  eventLogFeature,
  keptFeature,
  leasesFeature,
  mailFeature,
  moderationLogFeature,
  idempotencyFeature,
  accountFeature,
  inboxFeature,
  outgoingMailFeature,
  passkeysFeature,
  tokensFeature,
  loginFeature,
  journalistFeature,
  articleFeature,
  screeningFeature,
  endorsementFeature,
  commentFeature,
  fundingFeature,
  siteLogFeature,
  webhookFeature,
  moderationFeature,
  notificationFeature,
  importedAuthorFeature,
] as const;

type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;
type ShownKind = KeyOfAny<(typeof declared)[number]['eventViews']>;
type MeasuredKind = KeyOfAny<(typeof declared)[number]['eventTextLengths']>;
type AllKindsShown = [Exclude<ArticleEventKind, ShownKind & MeasuredKind>] extends [never]
  ? readonly Feature[]
  : never;

/**
 * All features, from the bottom up: each knows those before it. The service's tables, resolvers, events, pruning and
 * erasure come only from this list. Does not compile while a kind of event has no view or no text length in any feature.
 */
export const features: AllKindsShown = declared;
