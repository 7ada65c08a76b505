import type { PruneRun } from '../db/pruning.ts';
import type { JobMeasures } from '../jobs/job.ts';

/** How an attempt to send an event to an endpoint ended: with a status from 200 to 299, with another one, or without any. */
export type WebhookOutcome = 'delivered' | 'refused' | 'unanswered';

/** What operators see of the work that no request waits for. */
export interface Measures extends JobMeasures {
  readonly countJobFailure: (job: string) => void;
  readonly countPruning: (run: PruneRun) => void;
  /** Counts the age of the oldest event of a step when it came into the site's log, in seconds. */
  readonly countSiteEventDelay: (seconds: number) => void;
  readonly countWebhookAttempt: (outcome: WebhookOutcome) => void;
}
