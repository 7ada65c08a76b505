import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { globalId, keyOf } from '../clients/api.ts';
import type { ModerationClient } from './client.ts';
import { aboutOf, type Forum, live, noted, read, reasons, report } from './crowd.ts';

interface Item {
  readonly held: string | null;
  readonly revision: number;
  readonly bodyText: string;
  readonly reportCount: number;
  readonly comment: { readonly id: string };
}

interface Decided {
  readonly results: readonly {
    readonly commentId: string;
    readonly decision: { readonly id: string; readonly kind: string; readonly revision: number } | null;
    readonly userErrors: readonly { readonly code: string }[];
  }[];
}

const queueQuery = `query ($filter: ModerationQueueFilter, $first: Int, $last: Int) { moderationQueue { items(filter: $filter, first: $first, last: $last) {
  nodes { held revision bodyText reportCount comment { id } } } } }`;

/** Longest time for which a moderator reads, in milliseconds. */
const longestReadingMs = 300;

/** Filters under which a moderator may read the queue. */
const filters = [
  null,
  null,
  { held: 'COMMENT' },
  { held: 'EDIT' },
  { held: 'REPORTS' },
  { isReported: true },
  { phase: 'WORDS' },
];

export interface ModeratorOptions {
  readonly forum: Forum;
  readonly client: ModerationClient;
  readonly isAdministrator: boolean;
  /** Whether it repeats what was not answered. */
  readonly repeats: boolean;
  /** Keys of the accounts of the writers. */
  readonly writerIds: readonly string[];
}

/** One moderator, who does at random whatever moderators may do. */
export class Moderator {
  readonly #options: ModeratorOptions;
  #words = 0;
  #wordIds: string[] = [];

  constructor(options: ModeratorOptions) {
    this.#options = options;
  }

  live(meanMs: number): Promise<void> {
    const { forum, client, isAdministrator, repeats } = this.#options;
    return live(forum, meanMs, [
      [60, () => this.#decide()],
      [10, () => this.#undo()],
      [3, () => this.#suspend()],
      [3, () => this.#premoderate()],
      [2, () => this.#lift()],
      [2, () => this.#removeSince()],
      [isAdministrator ? 4 : 0, () => this.#changeSettings()],
      [2, () => this.#changeArticle()],
      [3, () => this.#changeWords()],
      [5, () => report(forum, client, repeats)],
      [6, () => this.#answerAppeals()],
      [2, () => read(forum, client)],
    ]);
  }

  #note(kind: string, about: string, more: object = {}) {
    return { kind, actorId: this.#options.client.id, about, ...more };
  }

  async #decide(): Promise<void> {
    const { forum, client } = this.#options;
    const { random } = forum;
    const filter = random.pick(filters);
    // What came last is what its authors are still about.
    const page = random.chance(0.6) ? { last: 15 } : { first: 15 };
    const data = await client.ask<{ moderationQueue: { items: { nodes: Item[] } } | null }>(queueQuery, {
      filter,
      ...page,
    });
    const nodes = data?.moderationQueue?.items.nodes ?? [];
    const begin = Math.floor(random.next() * Math.min(10, nodes.length));
    const items = nodes.slice(begin, begin + 1 + Math.floor(5 * random.next()));
    if (items.length === 0) return;
    if (random.chance(0.3)) await this.#claim(items, 'claimComments', 'CLAIMED');
    // Meanwhile authors edit what is read, and others decide about it.
    await sleep(longestReadingMs * random.next());
    await this.#send(items);
    if (random.chance(0.2)) await this.#claim(items, 'releaseComments', 'RELEASED');
  }

  async #claim(items: readonly Item[], name: string, kind: string): Promise<void> {
    const { forum, client, repeats } = this.#options;
    const commentIds = items.map(({ comment }) => comment.id);
    const reply = await client.command({ name, input: { commentIds }, fields: '__typename' }, repeats);
    for (const id of commentIds) noted(forum, reply, this.#note(kind, aboutOf(id)));
  }

  async #send(items: readonly Item[]): Promise<void> {
    const { forum, client, repeats } = this.#options;
    const { random, texts, acts, decisions } = forum;
    const made = items.map(({ held, revision, bodyText, comment }) => {
      const verdicts =
        held === null ? ['APPROVE', 'APPROVE', 'REMOVE'] : ['APPROVE', 'APPROVE', 'REJECT', 'REMOVE'];
      const verdict = random.pick(verdicts) ?? 'APPROVE';
      if (verdict === 'APPROVE') texts.approve(bodyText);
      const reason = verdict === 'APPROVE' ? null : random.pick(reasons);
      const idempotencyKey = randomUUID();
      return { commentId: comment.id, expectedRevision: revision, verdict, reason, idempotencyKey };
    });
    const fields = 'results { commentId decision { id kind revision } userErrors { code } }';
    const reply = await client.command<Decided>(
      { name: 'decideComments', input: { decisions: made }, fields },
      repeats,
    );
    if (reply.is !== 'accepted') {
      for (const { commentId } of made) noted(forum, reply, this.#note('DECIDED', aboutOf(commentId)));
      return;
    }
    for (const [index, { commentId, decision, userErrors }] of reply.payload.results.entries()) {
      const about = aboutOf(commentId);
      if (!decision) {
        const codes = userErrors.map(({ code }) => code);
        // A request before it may have decided, and its answer was lost.
        const outcome =
          reply.unknown > 0
            ? ({ is: 'unknown', requests: reply.unknown } as const)
            : ({ is: 'refused', codes } as const);
        noted(forum, outcome, this.#note('DECIDED', about));
        continue;
      }
      const { expectedRevision: read = 0, verdict } = made[index] ?? {};
      const decisionId = keyOf(decision.id);
      // Whoever removes a comment may have read a new text of it.
      const revisions = verdict === 'REMOVE' ? {} : { revisions: { read, decided: decision.revision } };
      const { unknown } = reply;
      acts.push({ ...this.#note('DECIDED', about), accepted: true, unknown, decisionId, ...revisions });
      decisions.push({ id: decisionId, about });
    }
  }

  async #undo(): Promise<void> {
    const { forum, client, repeats } = this.#options;
    const decision = forum.random.pick(forum.decisions.slice(-30));
    if (!decision) return;
    const input = { decisionId: globalId('ModerationDecision', decision.id) };
    const reply = await client.command({ name: 'undoDecision', input, fields: '__typename' }, repeats);
    noted(forum, reply, this.#note('UNDONE', decision.id, { decisionId: decision.id }));
  }

  /** @returns a command on a random writer, to whose account its event belongs */
  async #sanction(name: string, kind: string, input: object): Promise<void> {
    const { forum, client, repeats, writerIds } = this.#options;
    const accountId = forum.random.pick(writerIds) ?? '';
    const about = { personId: globalId('Person', accountId), ...input };
    const reply = await client.command({ name, input: about, fields: '__typename' }, repeats);
    noted(forum, reply, this.#note(kind, accountId));
  }

  /** No two ends are the same: to repeat a sanction changes nothing. */
  #soon(): string {
    return new Date(Date.now() + 1000 + Math.floor(3000 * this.#options.forum.random.next())).toISOString();
  }

  #suspend(): Promise<void> {
    return this.#sanction('suspendAccount', 'SANCTIONED', { reason: 'ABUSE', until: this.#soon() });
  }

  #premoderate(): Promise<void> {
    return this.#sanction('premoderateAccount', 'SANCTIONED', { reason: 'SPAM', until: this.#soon() });
  }

  #lift(): Promise<void> {
    const kind = this.#options.forum.random.pick(['SUSPENSION', 'PREMODERATION']);
    return this.#sanction('liftSanction', 'SANCTION_LIFTED', { kind });
  }

  async #removeSince(): Promise<void> {
    const { forum, client, repeats, writerIds } = this.#options;
    const accountId = forum.random.pick(writerIds) ?? '';
    const input = {
      personId: globalId('Person', accountId),
      since: new Date(Date.now() - 2000).toISOString(),
      reason: 'SPAM',
      idempotencyKey: randomUUID(),
    };
    const command = { name: 'removeCommentsSince', input, fields: 'decision { id }' };
    const reply = await client.command<{ decision: { id: string } }>(command, repeats);
    const decisionId = reply.is === 'accepted' ? keyOf(reply.payload.decision.id) : undefined;
    noted(forum, reply, this.#note('DECIDED', accountId, { decisionId }));
    if (decisionId !== undefined) forum.decisions.push({ id: decisionId, about: accountId });
  }

  async #changeSettings(): Promise<void> {
    const { random } = this.#options.forum;
    const changes = [
      { firstComments: random.chance(0.5) ? 1 : 0 },
      { holdsRepeatedText: random.chance(0.5) },
      { maxLinks: random.pick([null, 2]) },
      { reportsToHold: random.pick([2, 3]) },
    ];
    await this.#change('setModerationSettings', random.pick(changes) ?? {});
  }

  async #changeArticle(): Promise<void> {
    const { random, articleIds } = this.#options.forum;
    const articleId = globalId('Article', random.pick(articleIds) ?? '');
    await this.#change('setArticleModeration', { articleId, firstComments: random.pick([null, 0, 1]) });
  }

  async #changeWords(): Promise<void> {
    const { client, repeats } = this.#options;
    const [first] = this.#wordIds;
    if (first !== undefined && this.#options.forum.random.chance(0.5)) {
      this.#wordIds = this.#wordIds.slice(1);
      return this.#change('removeModerationWords', { wordIds: [first] });
    }
    const input = { words: [{ text: `nonsense${client.id}n${this.#words++}` }] };
    const command = { name: 'addModerationWords', input, fields: 'words { id }' };
    const reply = await client.command<{ words: { id: string }[] }>(command, repeats);
    const added = noted(this.#options.forum, reply, this.#note('SETTINGS_CHANGED', ''));
    this.#wordIds.push(...(added?.words ?? []).map(({ id }) => id));
  }

  async #change(name: string, input: object): Promise<void> {
    const { forum, client, repeats } = this.#options;
    const reply = await client.command({ name, input, fields: '__typename' }, repeats);
    noted(forum, reply, this.#note('SETTINGS_CHANGED', ''));
  }

  async #answerAppeals(): Promise<void> {
    const { forum, client, repeats } = this.#options;
    const data = await client.ask<{
      moderationAppeals: { nodes: { id: string; decision: { id: string } | null }[] } | null;
    }>('{ moderationAppeals(isAnswered: false, first: 10) { nodes { id decision { id } } } }');
    const appeal = forum.random.pick(data?.moderationAppeals?.nodes ?? []);
    if (!appeal?.decision) return;
    const outcome = forum.random.pick(['UPHELD', 'OVERTURNED']);
    const reply = await client.command(
      { name: 'answerAppeal', input: { appealId: appeal.id, outcome }, fields: '__typename' },
      repeats,
    );
    const decisionId = keyOf(appeal.decision.id);
    const overturns = outcome === 'OVERTURNED';
    noted(forum, reply, this.#note('APPEAL_ANSWERED', decisionId, { decisionId, overturns }));
    if (!overturns || reply.is === 'refused') return;
    // Somebody may have undone the decision before: then the answer undoes nothing.
    noted(forum, { is: 'unknown', requests: 1 }, this.#note('UNDONE', decisionId, { decisionId }));
  }
}
