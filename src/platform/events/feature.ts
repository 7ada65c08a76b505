import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature } from '../feature/feature.ts';
import { ArticleEventEntity, EventLogEntity } from './event.entity.ts';
import { pruneEvents } from './prune.queries.ts';

/** The log of all articles' events. Records name rows of other features, and no account. */
export const eventLogFeature = defineFeature({
  name: 'events',
  tables: [ArticleEventEntity, EventLogEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: ({ eventRetentionHours: retentionHours }) => [
    { name: 'events', step: (tx, at) => pruneEvents(tx, at, { retentionHours }) },
  ],
  background: () => [],
  erasure: () => nothingToErase,
  personalData: [],
});
