import { defineFeature } from '../feature/feature.ts';
import { pruneIdempotencyKeys } from './idempotency-prune.queries.ts';
import { IdempotencyKeyEntity } from './idempotency.entity.ts';
import { deleteIdempotencyKeys } from './idempotency.queries.ts';

/** Idempotency keys, under which commands may be repeated. */
export const idempotencyFeature = defineFeature({
  name: 'idempotency',
  tables: [IdempotencyKeyEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [{ name: 'idempotency keys', step: pruneIdempotencyKeys }],
  background: () => [],
  erasure: () => ({ close: deleteIdempotencyKeys }),
  personalData: [],
});
