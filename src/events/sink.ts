/** What carries one subscription's items to its client. */
export interface Sink {
  /** Whether it takes more now. One that does not calls back once it does. */
  readonly writable: boolean;
  onceWritable(callback: () => void): void;
  /** @param cursor where the client goes on behind this */
  send(payload: Buffer, cursor: string): void;
  /** Up to here there is nothing to send; for what has a way to tell the client. */
  pass?(cursor: string): void;
  /** What is sent in `write` goes out together. */
  bundle(write: () => void): void;
  /** Whether the client has not taken for a while what it was sent. */
  isBlocked(): boolean;
  /** Nothing more comes; with errors, because of them. */
  end(errors?: readonly Error[]): void;
  /** Ends the connection; its client comes back and goes on from its cursor. */
  giveUp(): void;
}
