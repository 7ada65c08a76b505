/** One command of a client that may have become an event of moderation. */
export interface Act {
  /** The kind of the event. */
  readonly kind: string;
  readonly actorId: string;
  /** What it is about: `article:comment`, the key of a decision or of an account. */
  readonly about: string;
  /** Whether an answer has said that it was carried out. */
  readonly accepted: boolean;
  /** Number of its requests of unknown outcome, each of which may have been carried out. */
  readonly unknown: number;
  /** The decision that the answer names. */
  readonly decisionId?: string | undefined;
  /** The revision that the moderator has read, and the one that was decided on. */
  readonly revisions?: { readonly read: number; readonly decided: number };
  /** Of the answer to an appeal: whether it undoes the decision. */
  readonly overturns?: boolean;
}

/** One event of the log of moderation. */
export interface LoggedAction {
  readonly sequence: number;
  readonly kind: string;
  readonly actorId: string | null;
  /** `article:comment`. */
  readonly comment: string | null;
  readonly revision: number | null;
  readonly subjectId: string | null;
  readonly decisionId: string | null;
  /** The kind of decision that was made or undone. */
  readonly decision: string | null;
  readonly phase: string | null;
  /** Of a decision that was undone: whether its comment stays as it is. */
  readonly changesNothing: boolean;
}

/** Events of these kinds are written for each accepted command, and for nothing else. */
const counted = ['DECIDED', 'UNDONE', 'SANCTIONED', 'APPEALED', 'APPEAL_ANSWERED', 'REPORTED'];
/** Events of these kinds are written for accepted commands that change something. */
const caused = ['CLAIMED', 'RELEASED', 'SANCTION_LIFTED', 'SETTINGS_CHANGED'];
/** A command of these kinds that is repeated does its work again if another command has changed the same meanwhile. */
const repeatable = ['SANCTIONED', ...caused];

/** What an event is about, as acts say it. */
function aboutOf({ kind, comment, subjectId, decisionId }: LoggedAction): string {
  if (kind === 'UNDONE' || kind.startsWith('APPEAL')) return decisionId ?? '';
  if (kind === 'SETTINGS_CHANGED') return '';
  return comment ?? subjectId ?? '';
}

const keyOf = (kind: string, actorId: string | null, about: string): string =>
  `${kind} by ${actorId} of ${about}`;

/** The commands of one kind of one client about one thing. */
interface Commands {
  readonly kind: string;
  /** Number of commands that may have been carried out. */
  count: number;
  /** What answers have told of: the same decision is named by the answers to a request that was repeated. */
  readonly accepted: Set<string>;
  /** Number of requests of unknown outcome. */
  unknown: number;
}

function commandsOf(acts: readonly Act[]): ReadonlyMap<string, Commands> {
  const commands = new Map<string, Commands>();
  for (const [index, { kind, actorId, about, accepted, unknown, decisionId }] of acts.entries()) {
    const key = keyOf(kind, actorId, about);
    const group = commands.get(key) ?? { kind, count: 0, accepted: new Set(), unknown: 0 };
    commands.set(key, group);
    group.count += 1;
    group.unknown += unknown;
    if (accepted) group.accepted.add(decisionId ?? `command ${kind === 'REPORTED' ? 0 : index}`);
  }
  return commands;
}

/**
 * Compares what clients were told with the log: an accepted command has one event, a command of unknown outcome at most one, and each
 * event of these clients has a command. A decision has a key, so that its command decides once, however often it is repeated.
 * @returns the faults
 */
export function checkActs(acts: readonly Act[], log: readonly LoggedAction[]): string[] {
  const clients = new Set(acts.map(({ actorId }) => actorId));
  const commands = commandsOf(acts);
  const undone = new Set(
    log.flatMap(({ kind, decisionId }) => (kind === 'UNDONE' ? (decisionId ?? []) : [])),
  );
  const events = new Map<string, LoggedAction[]>();
  for (const event of log) {
    if (event.actorId === null || !clients.has(event.actorId)) continue;
    if (!counted.includes(event.kind) && !caused.includes(event.kind)) continue;
    const key = keyOf(event.kind, event.actorId, aboutOf(event));
    events.set(key, [...(events.get(key) ?? []), event]);
  }
  const faults: string[] = [];
  for (const [key, { kind, count, accepted, unknown }] of commands) {
    const found = events.get(key)?.length ?? 0;
    const most = accepted.size + unknown;
    if (
      (counted.includes(kind) && found < accepted.size) ||
      found > (repeatable.includes(kind) ? most : Math.min(most, count))
    )
      faults.push(
        `${key}: ${accepted.size} accepted, ${unknown} unknown, of ${count} commands; ${found} in the log`,
      );
  }
  for (const [key, { length }] of events)
    if (!commands.has(key)) faults.push(`${key}: nobody asked for it, ${length} in the log`);
  return [...faults, ...checkDecisions(acts, log), ...checkOverturned(acts, undone)];
}

/** A decision of which a client was told that its appeal has overturned it is undone, by that answer or by somebody before it. */
const checkOverturned = (acts: readonly Act[], undone: ReadonlySet<string>): string[] =>
  acts.flatMap(({ accepted, overturns, about }) =>
    accepted && overturns && !undone.has(about)
      ? [`decision ${about} was overturned, and is not undone`]
      : [],
  );

/** Each decision that a client was told of is one event, and about the text that the client has read. */
function checkDecisions(acts: readonly Act[], log: readonly LoggedAction[]): string[] {
  const times = new Map<string, number>();
  for (const { kind, decisionId } of log)
    if (kind === 'DECIDED' && decisionId !== null) times.set(decisionId, (times.get(decisionId) ?? 0) + 1);
  return acts.flatMap(({ kind, about, decisionId, revisions }) => {
    if (kind !== 'DECIDED' || decisionId === undefined) return [];
    const count = times.get(decisionId) ?? 0;
    return [
      ...(count === 1 ? [] : [`decision ${decisionId} about ${about} is ${count} times in the log`]),
      ...(revisions === undefined || revisions.read === revisions.decided
        ? []
        : [`revision ${revisions.read} of ${about} was read, and ${revisions.decided} was decided on`]),
    ];
  });
}
