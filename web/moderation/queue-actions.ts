import { v4 as newUuid } from 'uuid';
import { messageOf } from '../graphql/error-message.ts';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { type Batch, type Made, type MadeDecisions, madeDecisionsOf } from './made-decisions.ts';
import {
  DecideComments,
  type Decision,
  LastDecision,
  MoveClaims,
  UndoQueueDecision,
} from './queue-documents.ts';
import {
  type Entry,
  isMine,
  isOthers,
  isWaiting,
  type OwnVerdict,
  type Ruling,
  summaryOf,
} from './queue-entry.ts';
import { type QueueList } from './queue-list.ts';
import { failureOf, QueueRefusals, type Refusal, refusedBy, type Why } from './queue-refusals.ts';
import { queueTexts as words } from './queue-texts.ts';

/** Most comments of one request. */
const most = 100;

/** How long an entry is in hand before it is claimed, in milliseconds: who steps through the list claims nothing. */
const claimAfterMs = 700;

/** A claim is made longer when it ends within this time, in milliseconds; looked at as often as that divided by two. */
const renewWithinMs = 60_000;

interface Options {
  readonly reader: Reader;
  readonly list: QueueList;
  /** The id of the viewer as an author. */
  readonly me: string | undefined;
  readonly readAgain: (ids: readonly string[]) => void;
  readonly recount: () => void;
}

type UndoOutcome =
  | { readonly kind: 'undone' }
  /** `unanswered`: the request failed, and may be repeated. */
  | { readonly kind: 'refused' | 'unanswered'; readonly message: string };

/** What a moderator does with entries: claims, decisions and their undoing. */
export class QueueActions {
  readonly #options: Options;
  /** The last decision about each comment of the list, as far as it was told. */
  readonly #decisions = new Map<string, Decision>();
  /** Keys of decisions whose answers have not arrived, by the comment. */
  readonly #unanswered = new Map<string, { readonly input: string; readonly idempotencyKey: string }>();
  readonly #made: MadeDecisions;
  /** Decisions whose answers are on their way. */
  readonly #deciding = new Set<Promise<unknown>>();
  readonly #refusals: QueueRefusals;
  /** The entry that was claimed because it is in hand: it is given back when it is put aside. */
  #claimed: string | undefined;
  #claiming: ReturnType<typeof setTimeout> | undefined;
  /** Announced to screen readers, and shown where no entry can show it. */
  #said = '';
  readonly #listeners = new Set<() => void>();

  constructor(options: Options) {
    this.#options = options;
    this.#made = madeDecisionsOf(options.reader);
    this.#refusals = new QueueRefusals(options.list, () => this.#tell());
  }

  get me(): string | undefined {
    return this.#options.me;
  }

  /** Claims the entry in hand, and keeps the claim. @returns a function that gives it back */
  start(): () => void {
    const timer = setInterval(() => this.#renew(), renewWithinMs / 2);
    const giveBack = () => {
      clearTimeout(this.#claiming);
      this.#claiming = undefined;
      if (this.#claimed !== undefined) void this.#move([this.#claimed], []);
      this.#claimed = undefined;
    };
    const takeAgain = () => {
      if (this.#options.list.snapshot().current !== undefined) this.#claimSoon();
    };
    takeAgain();
    // The document ends, or sleeps until somebody comes back to it.
    addEventListener('pagehide', giveBack);
    addEventListener('pageshow', takeAgain);
    return () => {
      clearInterval(timer);
      removeEventListener('pagehide', giveBack);
      removeEventListener('pageshow', takeAgain);
      giveBack();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    const leave = this.#made.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      leave();
    };
  };

  said = (): string => this.#said;

  /** What was not decided after all, while the moderator is elsewhere. */
  refusals = (): readonly Refusal[] => this.#refusals.all();

  canUndo = (): boolean => this.#made.last() !== undefined;

  say(text: string): void {
    this.#said = text;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  forgetTrouble(): void {
    this.say('');
  }

  /** Somebody has decided. */
  note(id: string, decision: Decision): void {
    this.#decisions.set(id, decision);
    this.#unanswered.delete(id);
  }

  decisionOf(id: string): Decision | undefined {
    return this.#decisions.get(id);
  }

  // #region claims
  /** An entry is in hand: it is claimed soon, and the one before is given back. */
  take(id: string | undefined): void {
    const { list } = this.#options;
    if (id !== undefined) this.#refusals.forget(id);
    if (id === list.snapshot().current) return;
    list.setCurrent(id);
    this.#claimSoon();
  }

  #claimSoon(): void {
    clearTimeout(this.#claiming);
    this.#claiming = setTimeout(() => void this.#claimCurrent(), claimAfterMs);
  }

  async #claimCurrent(): Promise<void> {
    const { list, me } = this.#options;
    const { current } = list.snapshot();
    const entry = current === undefined ? undefined : list.at(current);
    const before = this.#claimed;
    const isLeft = before !== undefined && before !== current;
    const wants =
      entry?.item !== undefined &&
      isWaiting(entry) &&
      !isOthers(entry.item, me, Date.now()) &&
      !isMine(entry.item, me, Date.now());
    const release = isLeft && list.at(before)?.state.kind === 'waiting' ? [before] : [];
    if (isLeft) this.#claimed = undefined;
    if (wants && entry) this.#claimed = entry.id;
    await this.#move(release, wants && entry ? [entry.id] : []);
  }

  /** Claims entries, or gives those back that are the viewer's already. */
  async toggleClaim(ids: readonly string[]): Promise<void> {
    const { list, me } = this.#options;
    clearTimeout(this.#claiming);
    const entries = ids.flatMap((id) => list.at(id) ?? []).filter(isWaiting);
    const now = Date.now();
    const mine = entries.filter(({ item }) => item && isMine(item, me, now)).map(({ id }) => id);
    const isReleasing = mine.length === entries.length;
    if (this.#claimed !== undefined && ids.includes(this.#claimed)) this.#claimed = undefined;
    const wanted = entries.map(({ id }) => id).slice(0, most);
    if (wanted.length === 0) return;
    const trouble = await this.#move(isReleasing ? wanted : [], isReleasing ? [] : wanted);
    this.say(trouble ?? '');
  }

  #renew(): void {
    const entry = this.#claimed === undefined ? undefined : this.#options.list.at(this.#claimed);
    const until = entry?.item?.claimedUntil ?? null;
    if (!entry || until === null || document.hidden) return;
    if (Date.parse(until) - Date.now() < renewWithinMs) void this.#move([], [entry.id]);
  }

  /** @returns why it failed. A claim is a courtesy: decisions are made once without it, too. */
  async #move(release: readonly string[], claim: readonly string[]): Promise<string | undefined> {
    if (release.length === 0 && claim.length === 0) return undefined;
    const { reader, list } = this.#options;
    const [isReleasing, isClaiming] = [release.length > 0, claim.length > 0];
    const answer = await reader.apollo
      .mutate({
        mutation: MoveClaims,
        variables: { release: [...release], claim: [...claim], isReleasing, isClaiming },
        fetchPolicy: 'no-cache',
        // The document may end before the answer.
        context: { fetchOptions: { keepalive: true } },
      })
      .catch((error: unknown) => ({ data: undefined, trouble: messageOf(error) ?? texts.unreachable }));
    const payloads = [answer.data?.releaseComments, answer.data?.claimComments];
    const items = payloads.flatMap((payload) => payload?.items ?? []);
    const claims = new Map(items.map((item) => [item.id, item]));
    list.change([...release, ...claim], (entry) => {
      const now = claims.get(entry.itemId);
      const { item } = entry;
      return item && now
        ? { ...entry, item: { ...item, claimedBy: now.claimedBy, claimedUntil: now.claimedUntil } }
        : undefined;
    });
    if ('trouble' in answer) return answer.trouble;
    return payloads.flatMap((payload) => payload?.userErrors ?? [])[0]?.message;
  }
  // #endregion claims

  // #region decisions
  /** Decides about entries, each with the revision that was shown. @returns those that still wait */
  async decide(ids: readonly string[], ruling: Ruling): Promise<readonly string[]> {
    const decided = this.#decide(ids, ruling);
    this.#deciding.add(decided);
    try {
      return await decided;
    } finally {
      this.#deciding.delete(decided);
    }
  }

  async #decide(ids: readonly string[], ruling: Ruling): Promise<readonly string[]> {
    const { list } = this.#options;
    const meant = ids.flatMap((id) => list.at(id) ?? []).filter(isWaiting);
    const entries = meant.filter(({ item }) => item);
    // Nobody decides about what is not loaded; it stays selected.
    const unread = meant.flatMap(({ id, item }) => (item ? [] : [id]));
    if (unread.length > 0) list.setSelected([...list.snapshot().selected, ...unread]);
    this.#refusals.add(unread, { text: words.unread, isCertain: true });
    const batch: Made[] = [];
    const quicker: string[] = [];
    const state = { kind: 'sending', verdict: ruling.verdict } as const;
    list.change(
      entries.map(({ id }) => id),
      (entry) => ({ ...entry, state, trouble: undefined }),
    );
    for (let from = 0; from < entries.length; from += most)
      batch.push(...(await this.#send(entries.slice(from, from + most), ruling, quicker)));
    if (batch.length > 0) this.#made.add(batch);
    const decided = new Set(batch.map(({ id }) => id));
    this.say(words.decided(batch.length, quicker));
    this.#options.recount();
    return entries.flatMap(({ id }) => (decided.has(id) ? [] : id)).filter((id) => this.#waits(id));
  }

  #waits(id: string): boolean {
    const entry = this.#options.list.at(id);
    return entry !== undefined && isWaiting(entry);
  }

  /** @param quicker takes whose comments another moderator has decided about before */
  async #send(entries: readonly Entry[], ruling: Ruling, quicker: string[]): Promise<Batch> {
    const { verdict, reason, note, badFaith } = ruling;
    const decisions = entries.map(({ id, item, read }) =>
      this.#keyed({
        commentId: id,
        expectedRevision: read ?? item?.revision ?? 0,
        verdict,
        reason,
        note,
        badFaithReportIds: [...(badFaith?.[id] ?? [])],
      }),
    );
    try {
      const { data } = await this.#options.reader.apollo.mutate({
        mutation: DecideComments,
        variables: { decisions },
        fetchPolicy: 'no-cache',
      });
      const { results = [], userErrors = [] } = data?.decideComments ?? {};
      const made = results.flatMap(({ commentId: id, decision, item, userErrors: [error] }) =>
        this.#settle(id, { decision, stays: item !== null, error }, quicker),
      );
      const answered = new Set(results.map(({ commentId }) => commentId));
      for (const { id } of entries) this.#unanswered.delete(id);
      const trouble = userErrors[0]?.message ?? texts.failed;
      this.#refuse(
        entries.filter(({ id }) => !answered.has(id)).map(({ id }) => id),
        trouble,
        refusedBy(trouble),
      );
      return made;
    } catch (error) {
      const { trouble, why } = failureOf(error);
      this.#refuse(
        entries.map(({ id }) => id),
        trouble,
        why,
      );
      return [];
    }
  }

  /** Adds the key of a decision: the same one again while its answer is missing, so that it is made once. */
  #keyed<Input extends { readonly commentId: string }>(input: Input): Input & { idempotencyKey: string } {
    const text = JSON.stringify(input);
    const before = this.#unanswered.get(input.commentId);
    const idempotencyKey = before?.input === text ? before.idempotencyKey : newUuid();
    this.#unanswered.set(input.commentId, { input: text, idempotencyKey });
    return { ...input, idempotencyKey };
  }

  /** @returns the decision, if it was made */
  #settle(
    id: string,
    {
      decision,
      stays,
      error,
    }: {
      readonly decision: Decision | null;
      readonly stays: boolean;
      readonly error: { readonly code: string; readonly message: string } | undefined;
    },
    quicker: string[],
  ): Batch {
    const { list, readAgain } = this.#options;
    if (decision) {
      const entry = list.at(id);
      const name = entry ? summaryOf(entry).name : null;
      this.note(id, decision);
      if (stays) {
        this.#wait([id], undefined);
        readAgain([id]);
      } else list.settle(id, decision);
      return [{ decisionId: decision.id, id, name }];
    }
    const code = error?.code ?? '';
    const trouble = words.refusals[code] ?? error?.message ?? texts.failed;
    if (code === 'ALREADY_DECIDED') {
      const entry = list.at(id);
      if (entry) quicker.push(words.commentOf(summaryOf(entry).name));
      // Its entry becomes a line that says by whom.
      this.#wait([id], trouble);
      void this.#learn(id);
    } else {
      const text = words.notDecided[code];
      this.#refuse([id], trouble, text ? { text, isCertain: true } : refusedBy(trouble));
      readAgain([id]);
    }
    return [];
  }

  /**
   * Entries were not decided.
   * @param trouble why, at the entry
   * @param why why, wherever the moderator is by now
   */
  #refuse(ids: readonly string[], trouble: string, why: Why): void {
    this.#wait(ids, trouble);
    this.#refusals.add(ids, why);
  }

  /** Entries wait as before. @param trouble why */
  #wait(ids: readonly string[], trouble: string | undefined): void {
    this.#options.list.change(ids, (entry) => ({
      ...entry,
      trouble,
      read: undefined,
      state: { kind: 'waiting' },
    }));
  }

  /** Who has decided is told by an event as well, which may be late. */
  async #learn(id: string): Promise<void> {
    const answer = await this.#options.reader.apollo
      .query({ query: LastDecision, variables: { commentId: id }, fetchPolicy: 'no-cache' })
      .catch(() => undefined);
    const [action] = answer?.data?.moderationHistory?.nodes ?? [];
    if (action && 'decision' in action && action.decision) this.note(id, action.decision);
    this.#options.readAgain([id]);
  }
  // #endregion decisions

  /** Undoes what was decided last here, or one decision. @returns the comment that waits again */
  async undo(decisionId?: string): Promise<string | undefined> {
    // An event may show a decision before its answer says that it was made here.
    await Promise.allSettled(this.#deciding);
    const batch = decisionId === undefined ? this.#made.last() : this.#one(decisionId);
    if (!batch || batch.length === 0) {
      this.say(words.nothingToUndo);
      return undefined;
    }
    this.#made.forget(batch);
    const undone: Made[] = [];
    const refusals: string[] = [];
    for (const [index, each] of batch.entries()) {
      const outcome = await this.#undoOne(each);
      if (outcome.kind === 'unanswered') {
        // It may have been undone: to undo once more changes nothing then.
        this.#made.add(batch.slice(index));
        this.say(outcome.message);
        return undone[0]?.id;
      }
      if (outcome.kind === 'undone') undone.push(each);
      else refusals.push(outcome.message);
    }
    const [first] = undone;
    // One that is not listed may be in another part of the queue, or far behind what is loaded.
    const isElsewhere = undone.length === 1 && first !== undefined && !this.#options.list.at(first.id);
    this.say(
      isElsewhere && refusals.length === 0
        ? words.undoneElsewhere(first.name)
        : words.undone(undone.length, refusals),
    );
    this.#options.recount();
    return first?.id;
  }

  /** A decision that a line of the list shows, however long ago it was made. */
  #one(decisionId: string): Batch {
    const [id] = [...this.#decisions].find(([, decision]) => decision.id === decisionId) ?? [];
    return id === undefined ? [] : [{ decisionId, id, name: null }];
  }

  async #undoOne({ decisionId, id }: Made): Promise<UndoOutcome> {
    const { reader, list, readAgain } = this.#options;
    try {
      const { data } = await reader.apollo.mutate({
        mutation: UndoQueueDecision,
        variables: { decisionId },
        fetchPolicy: 'no-cache',
      });
      const message = data?.undoDecision.userErrors[0]?.message;
      list.change([id], (entry) => ({ ...entry, trouble: message }));
      readAgain([id]);
      if (message !== undefined) return { kind: 'refused', message };
      this.#decisions.delete(id);
      return { kind: 'undone' };
    } catch (error) {
      return { kind: 'unanswered', message: messageOf(error) ?? words.undoUnknown };
    }
  }

  /** Whether a verdict can be given about a comment. */
  static allows({ item }: Entry, verdict: OwnVerdict): boolean {
    return verdict !== 'REJECT' || item?.held != null;
  }
}
