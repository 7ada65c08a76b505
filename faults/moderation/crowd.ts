import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../harness/random.ts';
import type { Act } from './acts.ts';
import { globalId, keyOf } from '../clients/api.ts';
import type { ModerationClient, Reply } from './client.ts';
import type { TextKind, Texts } from './texts.ts';

/** A comment that clients know of. */
export interface KnownComment {
  readonly articleId: string;
  readonly id: string;
  readonly authorId: string;
}

/** What all clients of the scenario share. */
export interface Forum {
  readonly random: Random;
  readonly texts: Texts;
  readonly articleIds: readonly string[];
  /** The one of them under which every comment waits. */
  readonly premoderatedId: string;
  readonly acts: Act[];
  readonly comments: KnownComment[];
  /** Decisions that moderators were told of. */
  readonly decisions: { readonly id: string; readonly about: string }[];
  /** Refusals, by code. */
  readonly refusals: Map<string, number>;
  readonly stop: AbortSignal;
}

/** Something that a client does at random, with its weight. */
export type Deed = readonly [weight: number, deed: () => Promise<unknown>];

const kinds: readonly TextKind[] = ['plain', 'plain', 'plain', 'word', 'link'];
export const reasons = ['SPAM', 'ABUSE', 'HATE', 'OFF_TOPIC', 'OTHER'] as const;

export const commentIdOf = ({ articleId, id }: Pick<KnownComment, 'articleId' | 'id'>): string =>
  globalId('Comment', articleId, id);

/** `article:comment` of a comment's global id. */
export const aboutOf = (commentId: string): string =>
  Buffer.from(commentId, 'base64url').toString().split(':').slice(1).join(':');

/** Does deeds at random until the end. @param meanMs mean pause between two */
export async function live({ random, stop }: Forum, meanMs: number, deeds: readonly Deed[]): Promise<void> {
  const total = deeds.reduce((sum, [weight]) => sum + weight, 0);
  for (;;) {
    await sleep(2 * meanMs * random.next(), undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    let at = total * random.next();
    const chosen = deeds.find(([weight]) => (at -= weight) < 0);
    await chosen?.[1]();
  }
}

/** Notes what became of a command. @returns its payload if it was accepted */
export function noted<Payload>(
  { acts, refusals }: Forum,
  reply: Reply<Payload>,
  act: Omit<Act, 'accepted' | 'unknown'>,
): Payload | undefined {
  if (reply.is === 'accepted') acts.push({ ...act, accepted: true, unknown: reply.unknown });
  else if (reply.is === 'unknown') acts.push({ ...act, accepted: false, unknown: reply.requests });
  else for (const code of reply.codes) refusals.set(code, (refusals.get(code) ?? 0) + 1);
  return reply.is === 'accepted' ? reply.payload : undefined;
}

interface WrittenComment {
  readonly id: string;
  readonly status: string;
  readonly bodyText: string;
  readonly viewerHeldEdit: { readonly status: string; readonly bodyText: string } | null;
}

const writtenFields = 'comment { id status bodyText viewerHeldEdit { status bodyText } }';

const threadQuery = `query ($id: ID!) { node(id: $id) { ... on Article { commentCount
  allComments(last: 12) { nodes { id bodyText bodyHtml parent { bodyText } } } } } }`;

/** Reads as somebody who may not see what waits: a thread, a comment by its id, and what is new under an article. */
export async function read(forum: Forum, client: ModerationClient): Promise<void> {
  const { random, articleIds, comments } = forum;
  const known = random.pick(comments);
  if (known && random.chance(0.6)) {
    await client.ask(
      'query ($id: ID!) { comment(id: $id) { bodyText replies(first: 5) { nodes { bodyText } } } node(id: $id) { ... on Comment { bodyHtml } } }',
      {
        id: commentIdOf(known),
      },
    );
    return;
  }
  await client.ask(threadQuery, { id: globalId('Article', random.pick(articleIds) ?? '') });
}

/** One writer: comments, replies, edits, removals, reports and appeals. */
export class ModeratedWriter {
  readonly #forum: Forum;
  readonly #client: ModerationClient;
  readonly #own: KnownComment[] = [];
  readonly #repeats: boolean;

  constructor(forum: Forum, client: ModerationClient, repeats: boolean) {
    this.#forum = forum;
    this.#client = client;
    this.#repeats = repeats;
  }

  live(meanMs: number): Promise<void> {
    return live(this.#forum, meanMs, [
      [45, () => this.#comment()],
      [20, () => this.#edit()],
      [4, () => this.#remove()],
      [20, () => report(this.#forum, this.#client, this.#repeats)],
      [15, () => read(this.#forum, this.#client)],
      [4, () => this.#appeal()],
    ]);
  }

  async #comment(): Promise<void> {
    const { random, texts, articleIds, premoderatedId, comments } = this.#forum;
    const articleId = random.pick(articleIds) ?? '';
    const { mark, body } = texts.make(
      this.#client.id,
      random.pick(kinds) ?? 'plain',
      articleId === premoderatedId,
    );
    const parent =
      random.chance(0.3) && random.pick(comments.filter((other) => other.articleId === articleId));
    const input = {
      articleId: globalId('Article', articleId),
      body,
      idempotencyKey: randomUUID(),
      ...(parent ? { parentId: commentIdOf(parent) } : {}),
    };
    const reply = await this.#client.command<{ comment: WrittenComment }>(
      { name: 'addComment', input, fields: writtenFields },
      this.#repeats,
    );
    if (reply.is !== 'accepted') return void this.#refused(reply);
    const { id, status } = reply.payload.comment;
    if (status === 'PENDING') texts.waits(mark);
    const known = { articleId, id: keyOf(id), authorId: this.#client.id };
    this.#own.push(known);
    comments.push(known);
  }

  async #edit(): Promise<void> {
    const { random, texts, premoderatedId } = this.#forum;
    const own = random.pick(this.#own.slice(-2));
    if (!own) return;
    const isPremoderated = own.articleId === premoderatedId;
    const { mark, body } = texts.make(this.#client.id, random.pick(kinds) ?? 'plain', isPremoderated);
    // A repetition would be another edit if a moderator has decided meanwhile.
    const reply = await this.#client.command<{ comment: WrittenComment }>(
      { name: 'editComment', input: { commentId: commentIdOf(own), body }, fields: writtenFields },
      false,
    );
    if (reply.is !== 'accepted') return void this.#refused(reply);
    const { status, bodyText, viewerHeldEdit } = reply.payload.comment;
    if (status === 'PENDING' && bodyText.includes(mark)) texts.waits(mark);
    if (viewerHeldEdit?.status === 'PENDING' && viewerHeldEdit.bodyText.includes(mark)) texts.waits(mark);
  }

  async #remove(): Promise<void> {
    const own = this.#forum.random.pick(this.#own);
    if (!own) return;
    const input = { commentId: commentIdOf(own) };
    this.#refused(
      await this.#client.command({ name: 'removeComment', input, fields: '__typename' }, this.#repeats),
    );
  }

  /** Appeals against a decision. */
  async #appeal(): Promise<void> {
    const data = await this.#client.ask<{
      viewer: { decisions: { nodes: { decisionId: string; canAppeal: boolean }[] } } | null;
    }>('{ viewer { decisions(first: 10) { nodes { decisionId canAppeal } } } }');
    const open = (data?.viewer?.decisions.nodes ?? []).filter(({ canAppeal }) => canAppeal);
    const decisionId = this.#forum.random.pick(open)?.decisionId;
    if (decisionId === undefined) return;
    const input = { decisionId, text: 'Look again' };
    const reply = await this.#client.command(
      { name: 'appealDecision', input, fields: '__typename' },
      this.#repeats,
    );
    const about = keyOf(decisionId);
    noted(this.#forum, reply, { kind: 'APPEALED', actorId: this.#client.id, about, decisionId: about });
  }

  #refused(reply: Reply<unknown>): void {
    if (reply.is !== 'refused') return;
    const { refusals } = this.#forum;
    for (const code of reply.codes) refusals.set(code, (refusals.get(code) ?? 0) + 1);
  }
}

/** Reports a comment of somebody else. */
export async function report(forum: Forum, client: ModerationClient, repeats: boolean): Promise<void> {
  const { random, comments } = forum;
  // Comments of late, so that several report the same.
  const known = random.pick(comments.slice(-25));
  if (!known || known.authorId === client.id) return;
  const input = { commentId: commentIdOf(known), reason: random.pick(reasons) };
  const reply = await client.command({ name: 'reportComment', input, fields: '__typename' }, repeats);
  const about = `${known.articleId}:${known.id}`;
  noted(forum, reply, { kind: 'REPORTED', actorId: client.id, about });
}
