import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature, resolver } from '../feature/feature.ts';
import { NodeResolver } from './node.ts';

/** `Query.node` and `Query.nodes`, over the finders of all features. */
export const nodeFeature = defineFeature({
  name: 'node',
  tables: [],
  resolvers: [resolver(NodeResolver, ({ nodes }) => [nodes])],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [],
  background: () => [],
  erasure: () => nothingToErase,
  personalData: [],
});
