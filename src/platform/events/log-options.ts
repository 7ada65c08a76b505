/** Where logs of one kind are stored, and how streams follow them. */
export interface LogOptions {
  /** The letter that begins the keys of these logs; empty for articles. */
  readonly prefix: string;
  /** Table of the events. */
  readonly events: string;
  /** Table of the heads, or a query in parentheses, with `sequence` and `pruned_sequence`. */
  readonly heads: string;
  /** Column of both that has the number in a log's key; absent: they are one log, whose key is the letter. */
  readonly owner?: string;
  /** SQL for fields of an event of the table `x` that are no columns. */
  readonly fields?: Partial<Readonly<Record<'kind' | 'subjectId' | 'detail' | 'idempotencyKey', string>>>;
  /** Column with the time by which events are pruned; `occurred_at` unless it says otherwise. */
  readonly age?: string;
  /** Whether no event changes what earlier ones show. */
  readonly addsOnly?: boolean;
  /**
   * Greatest age at which a rendering is sent to those who come later, in milliseconds, for a log that learns late of what
   * takes content back; absent: as long as nothing in the log takes it back.
   */
  readonly maxRenderingMs?: number;
  /** One address may make one group out of so many that a log may have; absent: out of ten. */
  readonly groupsPerOwn?: number;
}
