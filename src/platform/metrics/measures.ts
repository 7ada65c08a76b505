/** How an attempt to send an event to an endpoint ended: with a status from 200 to 299, with another one, or without any. */
export type WebhookOutcome = 'delivered' | 'refused' | 'unanswered';

/** What operators see of the work that no request waits for. */
export interface Measures {
  /** Counts the age of the oldest event of a step when it came into the site's log, in seconds. */
  readonly countSiteEventDelay: (seconds: number) => void;
  readonly countWebhookAttempt: (outcome: WebhookOutcome) => void;
  /** Has the greatest number that any process reads, each time operators look. A read that fails shows nothing. */
  readonly showGreatest: (name: string, help: string, read: () => Promise<number>) => void;
}
