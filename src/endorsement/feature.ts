import { defineFeature, resolver } from '../feature/feature.ts';
import { endorsementData } from './endorsement-data.queries.ts';
import { endorsementErasure } from './endorsement-erasure.ts';
import {
  EndorsementAddedResolver,
  EndorsementEventResolver,
  EndorsementUpdatedResolver,
} from './endorsement-event.resolver.ts';
import {
  EndorsementAdded,
  endorsementEventViews,
  EndorsementUpdated,
  EndorsementWithdrawn,
} from './endorsement-event.type.ts';
import { EndorsementEntity } from './endorsement.entity.ts';
import {
  ArticleEndorsementResolver,
  EndorsementResolver,
  findEndorsementNode,
} from './endorsement.resolver.ts';
import { EndorsementService } from './endorsement.service.ts';
import { OwnEndorsementsResolver } from './own-endorsements.resolver.ts';

/** Endorsements of articles. */
export const endorsementFeature = defineFeature({
  name: 'endorsement',
  tables: [EndorsementEntity],
  resolvers: [
    resolver(ArticleEndorsementResolver),
    resolver(EndorsementResolver, ({ db, log }) => [new EndorsementService(db, log)]),
    resolver(OwnEndorsementsResolver),
    resolver(EndorsementEventResolver),
    resolver(EndorsementAddedResolver),
    resolver(EndorsementUpdatedResolver),
  ],
  types: [EndorsementAdded, EndorsementUpdated, EndorsementWithdrawn],
  nodes: { Endorsement: findEndorsementNode },
  eventViews: endorsementEventViews,
  // A statement has at most 2,000 characters.
  eventTextLengths: {
    ENDORSEMENT_ADDED: 'short',
    ENDORSEMENT_UPDATED: 'short',
    ENDORSEMENT_WITHDRAWN: 'short',
  },
  pruning: () => [],
  background: () => [],
  erasure: () => endorsementErasure,
  personalData: [endorsementData],
});
