import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature } from '../feature/feature.ts';
import { SiteRevisionEntity } from './site-revision.entity.ts';

/** The clock by which kept rows and answers are checked. It names no account. */
export const keptFeature = defineFeature({
  name: 'kept',
  tables: [SiteRevisionEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [],
  background: () => [],
  erasure: () => nothingToErase,
  personalData: [],
});
