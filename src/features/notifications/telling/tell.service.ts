import type { Database, Tx } from '../../../platform/db/database.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import type { NewNotification } from '../inbox/inbox.queries.ts';
import {
  Audiences,
  type EventRange,
  lockPositions,
  type NextEvent,
  type Position,
  selectNextEvents,
  skipPruned,
  updatePositions,
} from './tell.queries.ts';

/** The most that one step does: a transaction of milliseconds. */
export interface StepSize {
  /** Of all articles together, but at least one of each. */
  readonly events: number;
  /** Accounts that are told of an event in parts. */
  readonly accounts: number;
}

const defaultStep: StepSize = { events: 200, accounts: 200 };

/** Most articles of one step, with whose events each account is told at most as much as it keeps. */
export const maxArticles = 50;

function byArticle(events: readonly NextEvent[]): Map<string, NextEvent[]> {
  const found = new Map<string, NextEvent[]>();
  for (const event of events) {
    const own = found.get(event.articleId);
    if (own) own.push(event);
    else found.set(event.articleId, [event]);
  }
  return found;
}

/** The news of several logs by their times, and of each log in its order, whatever its times are. */
function byTime(news: readonly NewNotification[]): NewNotification[] {
  const latest = new Map<string | null, number>();
  return news
    .map((one) => {
      const { articleId = null } = one;
      const time = Math.max(one.occurredAt?.getTime() ?? 0, latest.get(articleId) ?? 0);
      latest.set(articleId, time);
      return { one, time };
    })
    .sort((a, b) => a.time - b.time)
    .map(({ one }) => one);
}

/** What one step tells of one article: where its position goes, and whether there is more. */
interface Telling {
  readonly next: Position;
  readonly isAtEnd: boolean;
}

/**
 * Tells accounts of what happened under articles. One step reads the next events of some logs, adds the notifications,
 * and moves the stored positions, all in one transaction that holds the positions' locks: whenever a worker dies, the
 * next one begins at events of which nobody was told, and two never tell of the same event.
 *
 * An event that concerns many, such as all backers of a campaign, is told in parts. The position then stays before the event, and says
 * which accounts, in the order of their keys, were told: a part is one step, so that other articles have their turn.
 */
export class TellService {
  readonly #db: Database;
  readonly #inbox: Inbox;
  readonly #audiences: Audiences;
  readonly #size: StepSize;

  constructor(db: Database, inbox: Inbox, declared: NotificationDeclarations, size: StepSize = defaultStep) {
    this.#db = db;
    this.#audiences = new Audiences(declared);
    this.#inbox = inbox;
    this.#size = size;
  }

  /**
   * Does one step for some articles, at most `maxArticles`.
   * @returns the articles of which there was more than one step does
   */
  tell(articleIds: readonly string[]): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      const positions = await lockPositions(tx, articleIds);
      if (positions.length === 0) return [];
      const limit = Math.max(1, Math.floor(this.#size.events / positions.length));
      const events = byArticle(await selectNextEvents(tx, positions, limit));
      const behind = positions.filter(({ articleId }) => !events.has(articleId));
      if (behind.length > 0)
        await skipPruned(
          tx,
          behind.map(({ articleId }) => articleId),
        );
      // In the given order: whoever was told of last comes last.
      const place = new Map(articleIds.map((articleId, index) => [articleId, index]));
      const told = positions
        .filter(({ articleId }) => events.has(articleId))
        .sort((a, b) => (place.get(a.articleId) ?? 0) - (place.get(b.articleId) ?? 0));
      return told.length === 0 ? [] : this.#tellEach(tx, told, events, limit);
    });
  }

  async #tellEach(
    tx: Tx,
    positions: readonly Position[],
    events: ReadonlyMap<string, readonly NextEvent[]>,
    limit: number,
  ): Promise<string[]> {
    const tellings = new Map<string, Telling>();
    const ranges: EventRange[] = [];
    let many:
      { readonly event: NextEvent; readonly kind: NotificationKind; readonly position: Position } | undefined;
    for (const position of positions) {
      const { articleId, sequence: after } = position;
      const next = events.get(articleId) ?? [];
      const [first] = next;
      const kind = first && this.#audiences.inParts(first.kind);
      if (kind) {
        // A part of one large audience is enough for one step.
        many ??= { event: first, kind, position };
        continue;
      }
      const end = next.findIndex((event) => this.#audiences.inParts(event.kind) !== undefined);
      const last = next.at(end < 0 ? -1 : end - 1);
      if (!last) continue;
      ranges.push({ articleId, after, upTo: last.sequence });
      const isAtEnd = end < 0 && next.length < limit;
      tellings.set(articleId, { next: { articleId, sequence: last.sequence, toldAccountId: null }, isAtEnd });
    }
    const news = await this.#audiences.news(tx, ranges);
    if (many) {
      const { articleId } = many.event;
      const part = await this.#partOf(tx, many);
      news.push(...part.news);
      const isLast = events.get(articleId)?.length === 1 && limit > 1;
      tellings.set(articleId, {
        next: part.next,
        isAtEnd: isLast && part.next.sequence === many.event.sequence,
      });
    }
    // All at once: the inboxes are locked in the order of their accounts.
    await this.#inbox.add(tx, byTime(news));
    await updatePositions(
      tx,
      [...tellings.values()].map(({ next }) => next),
    );
    const unfinished = positions.filter(({ articleId }) => tellings.get(articleId)?.isAtEnd !== true);
    // Large audiences that were left to the next step come before those that had their part.
    const [waiting, begun] = [false, true].map((has) =>
      unfinished.filter(({ articleId }) => tellings.has(articleId) === has),
    );
    return [...(waiting ?? []), ...(begun ?? [])].map(({ articleId }) => articleId);
  }

  /** A part of an event's large audience, with what it is told. */
  async #partOf(
    tx: Tx,
    {
      event,
      kind,
      position,
    }: { readonly event: NextEvent; readonly kind: NotificationKind; readonly position: Position },
  ): Promise<{ readonly news: readonly NewNotification[]; readonly next: Position }> {
    const { articleId, sequence, subjectId, occurredAt } = event;
    // The position's part belongs to the event behind it, which may have been pruned.
    const after = sequence === position.sequence + 1 ? position.toldAccountId : null;
    const limit = this.#size.accounts;
    const accountIds = await this.#audiences.part(tx, event, { after, limit });
    // What the kind tells of is what the event is about.
    const news = accountIds.map(
      (accountId) => ({ accountId, kind, articleId, subjectId, occurredAt }) as NewNotification,
    );
    const last = accountIds.at(-1);
    const isOver = last === undefined || accountIds.length < limit;
    const next = isOver
      ? { articleId, sequence, toldAccountId: null }
      : { articleId, sequence: sequence - 1, toldAccountId: last };
    return { news, next };
  }
}
