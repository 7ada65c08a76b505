import {
  pruneEndedSessions,
  pruneExpiredFamilies,
  pruneExpiredTokens,
} from './account/session-prune.queries.ts';
import { pruneIdempotencyKeys } from './db/idempotency-prune.queries.ts';
import type { PruneTask } from './db/pruning.ts';
import { pruneEvents } from './events/prune.queries.ts';

/** All that the service does not keep for good. */
export function pruningTasks({
  eventRetentionHours: retentionHours,
}: {
  readonly eventRetentionHours: number;
}): PruneTask[] {
  return [
    { name: 'events', step: (tx, at) => pruneEvents(tx, at, { retentionHours }) },
    { name: 'idempotency keys', step: pruneIdempotencyKeys },
    { name: 'expired token families', step: pruneExpiredFamilies },
    { name: 'expired tokens', step: pruneExpiredTokens },
    { name: 'ended sessions', step: pruneEndedSessions },
  ];
}
