import { defineFeature, resolver } from '../../../platform/feature/feature.ts';
import { updateBylineUnlinked } from './byline.queries.ts';
import { bylineData } from './journalist-data.queries.ts';
import { JournalistEntity } from './journalist.entity.ts';
import { NameKeysWorker } from './name-keys-worker.ts';
import { findJournalistNode, JournalistResolver, ViewerJournalistResolver } from './journalist.resolver.ts';

/** Journalists: the bylines under which articles appear. */
export const journalistFeature = defineFeature({
  name: 'journalist',
  tables: [JournalistEntity],
  resolvers: [resolver(JournalistResolver, ({ links }) => [links]), resolver(ViewerJournalistResolver)],
  types: [],
  nodes: { Journalist: findJournalistNode },
  logs: [],
  events: {},
  counters: {},
  pruning: () => [],
  background: ({ db, warn }) => [
    new NameKeysWorker({
      db: db.forNode('names'),
      onError: (error) => warn(error, 'keys of bylines could not be stored; it is tried again'),
    }),
  ],
  routes: () => [],
  erasure: () => ({ finish: updateBylineUnlinked }),
  personalData: [bylineData],
});
