/** The transport of one subscription's items to its client. */
export interface Sink {
  /** Whether the sink takes more now. If not, it calls back once it does. */
  readonly writable: boolean;
  onceWritable(callback: () => void): void;
  /** @param cursor the cursor from which the client continues after this item */
  send(payload: Buffer, cursor: string): void;
  /** Nothing has to be sent up to this cursor; for transports that can tell the client a position without an item. */
  pass?(cursor: string): void;
  /** Items that are sent in `write` go out together. */
  bundle(write: () => void): void;
  /** Whether the client has not read sent data for a while. */
  isBlocked(): boolean;
  /** Ends the stream; with errors, because of them. */
  end(errors?: readonly Error[]): void;
  /** Ends the connection; its client reconnects and continues from its cursor. */
  giveUp(): void;
}
