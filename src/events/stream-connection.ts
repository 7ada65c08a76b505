/** What carries a stream to its client. */
export interface StreamConnection {
  /** Whether the client has not taken for a while what it was sent. */
  readonly isBlocked: () => boolean;
  /** Ends the connection; its client comes back and goes on from its cursor. */
  readonly end: () => void;
}
