/**
 * The other workers of the same node. News travels through the primary process and may be lost, when a worker does not
 * read or has just been started: a receiver must be able to do without.
 */
export interface Peers {
  /** Number of workers of the node, this one included. */
  readonly workers: number;
  /** Tells all other workers. The news must survive JSON. Never throws and never waits. */
  tell(topic: string, news: unknown): void;
  /** Calls the listener with what other workers tell about a topic. */
  listen(topic: string, listener: (news: unknown) => void): void;
  /** Resolves once everything that was told has been handed to the system, or after a second. */
  told(): Promise<void>;
  /**
   * Waits until this worker may hash a password: all workers together hash only so many at once.
   * @returns a function that is called after the hash
   */
  mayHash(): Promise<() => void>;
  /** The metrics of the whole node, in Prometheus's format. */
  nodeMetrics(): Promise<string>;
  /** Answers the primary's request for the metrics of this worker. */
  onMetricsRequest(answer: () => Promise<unknown>): void;
}
