import type { Database, Tx } from '../db/database.ts';
import type { ArticleEventRecord } from '../events/event.ts';
import { selectEvents } from '../events/log.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { NotificationKind } from '../inbox/notification-kinds.ts';
import {
  lockPosition,
  type Position,
  selectBackers,
  selectNews,
  skipPruned,
  updatePosition,
} from './tell.queries.ts';

/** Kinds of events of which all backers of a campaign are told; any other kind concerns one or two accounts, or none. */
const campaignNews: Partial<Record<ArticleEventRecord['kind'], NotificationKind>> = {
  MILESTONE_REACHED: 'MILESTONE_REACHED',
  MILESTONE_SETTLED: 'MILESTONE_SETTLED',
  CAMPAIGN_ENDED: 'CAMPAIGN_ENDED',
};

/** The most that one step does: a transaction of milliseconds. */
export interface StepSize {
  readonly events: number;
  readonly backers: number;
}

const defaultStep: StepSize = { events: 200, backers: 200 };

/** `busy`: another worker has the article; `more`: there was more than one step does. */
export type Step = 'done' | 'more' | 'busy';

/**
 * Tells accounts of what happened under articles. One step reads the next events of one log, adds the notifications, and
 * moves the stored position, all in one transaction that holds the position's lock: whenever a worker dies, the next one
 * begins at an event of which nobody was told, and two never tell of the same event.
 *
 * An event that concerns all backers of a campaign is told in parts. The position then stays before the event, and says
 * which accounts, in the order of their keys, were told: a part is one step, so that other articles have their turn.
 */
export class TellService {
  readonly #db: Database;
  readonly #inbox: Inbox;
  readonly #size: StepSize;

  constructor(db: Database, inbox: Inbox, size: StepSize = defaultStep) {
    this.#db = db;
    this.#inbox = inbox;
    this.#size = size;
  }

  /** Does one step for one article. */
  tellNext(articleId: string): Promise<Step> {
    return this.#db.transaction(async (tx) => {
      const position = await lockPosition(tx, articleId);
      if (!position) return 'busy';
      const events = await selectEvents(tx, articleId, position.sequence, this.#size.events);
      const [first] = events;
      if (!first) {
        await skipPruned(tx, articleId);
        return 'done';
      }
      const kind = campaignNews[first.kind];
      const next = kind
        ? await this.#tellBackers(tx, first, kind, position)
        : await this.#tellEach(tx, position, events);
      await updatePosition(tx, articleId, next);
      const isAtEnd = next.sequence === events.at(-1)?.sequence && events.length < this.#size.events;
      return isAtEnd ? 'done' : 'more';
    });
  }

  /** Tells of the events before the next campaign news. */
  async #tellEach(
    tx: Tx,
    { sequence: after }: Position,
    events: readonly ArticleEventRecord[],
  ): Promise<Position> {
    const end = events.findIndex(({ kind }) => campaignNews[kind] !== undefined);
    const told = end < 0 ? events : events.slice(0, end);
    const [first, last] = [told[0], told.at(-1)];
    if (!first || !last) throw new Error('There is no event to tell of');
    await this.#inbox.add(tx, await selectNews(tx, first.articleId, { after, upTo: last.sequence }));
    return { sequence: last.sequence, toldAccountId: null };
  }

  /** Tells a part of the backers. */
  async #tellBackers(
    tx: Tx,
    event: ArticleEventRecord,
    kind: NotificationKind,
    position: Position,
  ): Promise<Position> {
    const { articleId, sequence, milestone, occurredAt } = event;
    // The position's part belongs to the event behind it, which may have been pruned.
    const after = sequence === position.sequence + 1 ? position.toldAccountId : null;
    const limit = this.#size.backers;
    const accountIds = await selectBackers(tx, event, { after, limit });
    await this.#inbox.add(
      tx,
      accountIds.map((accountId) => ({ accountId, kind, articleId, milestone, occurredAt })),
    );
    const last = accountIds.at(-1);
    if (last === undefined || accountIds.length < limit) return { sequence, toldAccountId: null };
    return { sequence: sequence - 1, toldAccountId: last };
  }
}
