import type { Scenario } from './scenario.ts';
import { abuse } from './scenarios/abuse.ts';
import { allCut } from './scenarios/all-cut.ts';
import { badNetwork } from './scenarios/bad-network.ts';
import { clock } from './scenarios/clock.ts';
import { funding } from './scenarios/funding.ts';
import { hints } from './scenarios/hints.ts';
import { killPointsInTurn } from './scenarios/kill-points.ts';
import { killService } from './scenarios/kill-service.ts';
import { leases } from './scenarios/leases.ts';
import { moderation } from './scenarios/moderation.ts';
import { nodesKilled } from './scenarios/nodes-killed.ts';
import { pastCap } from './scenarios/past-cap.ts';
import { postgresCrash } from './scenarios/postgres-crash.ts';
import { postgresFrozen } from './scenarios/postgres-frozen.ts';
import { postgresTerminated } from './scenarios/postgres-terminated.ts';
import { races } from './scenarios/races.ts';
import { redisAway, redisFrozen } from './scenarios/redis-away.ts';
import { rollingRestart } from './scenarios/rolling-restart.ts';
import { rowLocked } from './scenarios/row-locked.ts';
import { siteStream } from './scenarios/site-stream.ts';
import { slowReaders } from './scenarios/slow-readers.ts';
import { webhooks } from './scenarios/webhooks.ts';

/** All scenarios, in the order of the report. */
export const scenarios: readonly Scenario[] = [
  // Runs after all others: see `Scenario.alone`.
  abuse,
  killService,
  killPointsInTurn,
  nodesKilled,
  rollingRestart,
  postgresCrash,
  postgresFrozen,
  postgresTerminated,
  rowLocked,
  redisAway,
  redisFrozen,
  hints,
  badNetwork,
  allCut,
  races,
  pastCap,
  slowReaders,
  siteStream,
  webhooks,
  leases,
  moderation,
  clock,
  funding,
];
