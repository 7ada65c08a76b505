import { defineFeature, resolver } from '../../../platform/feature/feature.ts';
import { holding } from '../../../platform/text/written-text.ts';
import { updateBylineUnlinked } from './byline.queries.ts';
import { bylineData } from './journalist-data.queries.ts';
import { JournalistEntity } from './journalist.entity.ts';
import { nameKeysJob } from './name-keys-job.ts';
import { findJournalistNode, JournalistResolver, ViewerJournalistResolver } from './journalist.resolver.ts';

/** Journalists: the bylines under which articles appear. */
export const journalistFeature = defineFeature({
  name: 'journalist',
  migrations: [],
  tables: [JournalistEntity],
  resolvers: [resolver(JournalistResolver, ({ links }) => [links]), resolver(ViewerJournalistResolver)],
  types: [],
  nodes: { Journalist: findJournalistNode },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: {
    // Imports and operators write them.
    ...holding(
      'QUOTED',
      'Journalist.name',
      'Journalist.location',
      'Journalist.bioHtml',
      'Journalist.bioText',
    ),
    'Journalist.slug': 'NO_TEXT',
  },
  invariants: {},
  pruning: () => [],
  jobs: ({ db }) => [nameKeysJob(db.forNode('names'))],
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => ({ finish: updateBylineUnlinked }),
  personalData: [bylineData],
});
