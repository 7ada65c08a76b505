import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature } from '../feature/feature.ts';
import { ledgerTables } from './ledger.entity.ts';

/** The ledger names no account: its pseudonyms are those of pledges. */
export const fundingFeature = defineFeature({
  name: 'funding',
  tables: [...ledgerTables],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [],
  erasure: nothingToErase,
  personalData: [],
});
