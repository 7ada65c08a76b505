import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature } from '../feature/feature.ts';
import { ProcessEntity } from './process.entity.ts';
import { pruneProcesses } from './process.queries.ts';
import { WorkLeaseEntity } from './work-lease.entity.ts';
import { pruneWorkLeases } from './work-lease.queries.ts';

/** Processes, whose leases are free when they are gone. */
export const leasesFeature = defineFeature({
  name: 'leases',
  tables: [ProcessEntity, WorkLeaseEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [
    { name: 'leases of work that has ended', step: pruneWorkLeases },
    { name: 'processes', step: pruneProcesses },
  ],
  background: () => [],
  erasure: () => nothingToErase,
  personalData: [],
});
