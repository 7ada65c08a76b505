import { MailedEndorsements1796070000000 } from '../../../migrations/1796070000000-mailed-endorsements.ts';
import { endorsementErrors } from './endorsement-errors.ts';
import { endorsementInvariants, endorsementKeys } from './endorsement-invariants.ts';
import { endorsementTexts } from './endorsement-texts.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { endorsementNotifications } from './endorsement-notifications.ts';
import { EndorsementNotificationResolver } from './endorsement-notification.resolver.ts';
import { endorsementData } from './endorsement-data.queries.ts';
import { endorsementErasure } from './endorsement-erasure.ts';
import {
  EndorsementAddedResolver,
  EndorsementEventResolver,
  OmittedEndorsementResolver,
  EndorsementUpdatedResolver,
} from './endorsement-event.resolver.ts';
import { EndorsementAdded, EndorsementUpdated, EndorsementWithdrawn } from './endorsement-event.type.ts';
import { endorsementCounters, endorsementEvents } from './endorsement-events.ts';
import { EndorsementEntity } from './endorsement.entity.ts';
import { EndorsementLinkEntity, EndorsementMailCountEntity } from './endorsement-link.entity.ts';
import { endorsementLinkData, pruneEndorsementLinks, pruneMailCounts } from './endorsement-link.queries.ts';
import { EndorsementMails } from './endorsement-mails.ts';
import {
  ArticleEndorsementResolver,
  EndorsementResolver,
  findEndorsementNode,
} from './endorsement.resolver.ts';
import { EndorsementService } from './endorsement.service.ts';
import { MailedEndorsementResolver } from './mailed-endorsement.resolver.ts';
import { MailedEndorsementService } from './mailed-endorsement.service.ts';
import { OwnEndorsementsResolver } from './own-endorsements.resolver.ts';
import { surplusJob } from './surplus-job.ts';
import { endorsementsPart, texts } from './endorsement.page.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { scriptedPages } from '../../platform/page/served.ts';

const mailedOf = (parts: Parts): MailedEndorsementService =>
  new MailedEndorsementService({
    ...parts,
    limits: {
      perClient: parts.config.maxEndorsementMailsPerClientPerHour,
      perArticle: parts.config.maxEndorsementMailsPerArticlePerHour,
    },
    mails: parts.mail && new EndorsementMails(parts.mail.outbox, parts.links),
  });

declare module '../../platform/auth/scopes.ts' {
  interface Scopes {
    readonly ENDORSE: true;
  }
}

/** Endorsements of articles. */
export const endorsementFeature = defineFeature({
  name: 'endorsement',
  migrations: [MailedEndorsements1796070000000],
  tables: [EndorsementEntity, EndorsementLinkEntity, EndorsementMailCountEntity],
  resolvers: [
    resolver(ArticleEndorsementResolver, ({ mail }) => [mail !== undefined]),
    resolver(EndorsementResolver, ({ db, log }) => [new EndorsementService(db, log)]),
    resolver(MailedEndorsementResolver, (parts) => [mailedOf(parts), parts.clock]),
    resolver(OwnEndorsementsResolver),
    resolver(EndorsementNotificationResolver),
    resolver(EndorsementEventResolver),
    resolver(OmittedEndorsementResolver),
    resolver(EndorsementAddedResolver),
    resolver(EndorsementUpdatedResolver),
  ],
  types: [EndorsementAdded, EndorsementUpdated, EndorsementWithdrawn],
  nodes: { Endorsement: findEndorsementNode },
  logs: [],
  events: endorsementEvents,
  counters: endorsementCounters,
  notifications: endorsementNotifications,
  idempotency: endorsementKeys,
  errorCodes: endorsementErrors,
  scopes: { ENDORSE: { place: 3 } },
  texts: endorsementTexts,
  invariants: endorsementInvariants,
  pruning: () => [
    { name: 'mailed links of endorsements', step: pruneEndorsementLinks },
    { name: 'counts of mails about endorsements', step: pruneMailCounts },
  ],
  jobs: (parts) => {
    const endorsements = mailedOf(parts);
    return [surplusJob(parts.db.forNode('endorsements'), (hash) => endorsements.withdrawSurplus(hash))];
  },
  routes: () => [],
  served: {
    pages: scriptedPages(pageRoutes.mailedEndorsement),
    parts: { Endorsements: endorsementsPart },
    texts,
  },
  erasure: () => endorsementErasure,
  personalData: [endorsementData, endorsementLinkData],
});
