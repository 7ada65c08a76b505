import { expect } from '@jest/globals';
import { keyOf } from '../../support/comments.ts';
import { notRaced, type Races, stateOf } from '../../support/races/declaration.ts';
import type { RaceArticle, RaceRun, RaceWriter } from '../../support/races/writer.ts';

/** The comments of an article that all writers know. */
export const commentIdsOf = stateOf<RaceArticle, string[]>(() => []);
/** Comments of an article that had to wait for a moderator. */
export const heldIdsOf = stateOf<RaceArticle, string[]>(() => []);
/** The comments of a writer. */
export const ownIdsOf = stateOf<RaceWriter, string[]>(() => []);
/** The inputs of a writer that have idempotency keys. */
const keyedPostsOf = stateOf<RaceWriter, Record<string, unknown>[]>(() => []);
/** The answers to the posts of a run. */
const answersOf = stateOf<
  RaceRun,
  { byKey: Map<string, Set<string>>; acknowledged: Set<string>; takenBack: Set<unknown> }
>(() => ({
  /** The ids of comments for each pair of account and idempotency key. */
  byKey: new Map(),
  acknowledged: new Set(),
  /** Texts that may be stored although the answer was a refusal, because their article was unpublished in between. */
  takenBack: new Set(),
}));

/** A comment that many writers know, preferably a new one. */
export function someComment({ random }: RaceWriter, article: RaceArticle): string | undefined {
  const ids = commentIdsOf(article);
  return random.pick(random.chance(0.5) ? ids.slice(-8) : ids);
}

async function add(
  writer: RaceWriter,
  input: Record<string, unknown>,
): Promise<{ id: string; status: string } | undefined> {
  const { comment, userErrors } = await writer.send('addComment', input);
  const { byKey, acknowledged, takenBack } = answersOf(writer.run);
  if (!comment) {
    if (userErrors.length === 0) throw new Error('addComment: neither comment nor refusal');
    if (userErrors[0].code === 'NOT_FOUND' && writer.isOnTakenBack(input)) takenBack.add(input.body);
    return undefined;
  }
  acknowledged.add(comment.id);
  if (typeof input.idempotencyKey === 'string') {
    const key = `${writer.user.accountId} ${input.idempotencyKey}`;
    byKey.set(key, (byKey.get(key) ?? new Set()).add(comment.id));
  }
  return comment;
}

async function post(writer: RaceWriter): Promise<void> {
  const { random } = writer;
  const article = writer.article();
  const parentId = random.chance(0.75) ? someComment(writer, article) : undefined;
  const idempotencyKey = writer.idempotencyKey(0.6);
  const input = { articleId: article.id, body: `No. ${random.next()}`, parentId, idempotencyKey };
  if (idempotencyKey !== undefined) keyedPostsOf(writer).push(input);
  const copies = idempotencyKey !== undefined && random.chance(0.25) ? [1, 2, 3] : [1];
  const [comment] = await Promise.all(copies.map(() => add(writer, input)));
  if (!comment) return;
  ownIdsOf(writer).push(comment.id);
  commentIdsOf(article).push(comment.id);
  if (comment.status === 'PENDING') heldIdsOf(article).push(comment.id);
}

async function retry(writer: RaceWriter): Promise<void> {
  const input = writer.random.pick(keyedPostsOf(writer));
  if (input) await add(writer, input);
}

async function edit(writer: RaceWriter): Promise<void> {
  const { random } = writer;
  const commentId = random.pick(ownIdsOf(writer));
  const expectedRevision = random.chance(0.5) ? random.pick([1, 1, 2]) : undefined;
  const body = `Edited ${random.next()}`;
  if (commentId !== undefined) await writer.twice('editComment', { commentId, body, expectedRevision });
}

async function react(writer: RaceWriter): Promise<void> {
  const { random } = writer;
  const commentId = someComment(writer, writer.article());
  const kind = random.pick(['LIKE', 'INSIGHTFUL', 'DISAGREE']);
  const name = random.chance(0.65) ? 'react' : 'unreact';
  if (commentId !== undefined) await writer.twice(name, { commentId, kind });
}

export const commentsRaces = {
  mutations: {
    addComment: {
      fields: 'comment { id status }',
      // COMMENT_REMOVED: a repeated key, whose comment has vanished. NOT_FOUND: a reply to a pending comment.
      refusals: ['NESTED_TOO_DEEP', 'COMMENT_REMOVED', 'COMMENTS_CLOSED', 'NOT_FOUND'],
      demanded: ['PARENT_REMOVED'],
    },
    editComment: { refusals: ['NOT_FOUND', 'COMMENT_REMOVED', 'STALE_REVISION'] },
    react: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
    unreact: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
    ...notRaced(
      'Needs an import, beside which test/platform/kept/exactness.test.ts sends it.',
      'claimImportedAuthor',
    ),
    ...notRaced(
      'Changes what one account is told, in rows of that account alone.',
      'muteAuthor',
      'unmuteAuthor',
      'muteArticle',
      'unmuteArticle',
      'muteThread',
      'unmuteThread',
    ),
  },
  acts: {
    READER: [
      [36, post],
      [8, retry],
      [10, edit],
      [14, react],
    ],
  },
  async check(run, { app: { db } }) {
    const { byKey, acknowledged, takenBack } = answersOf(run);
    for (const [key, ids] of byKey) expect([key, ids.size]).toEqual([key, 1]);
    const stored = await db.query<{ id: string; body: string }>(
      'SELECT id::text AS id, body_markdown AS body FROM comment WHERE import_key IS NULL',
    );
    const known = new Set([...acknowledged].map(keyOf));
    expect([...known].filter((id) => !stored.some((comment) => comment.id === id))).toEqual([]);
    // A response does not contain the comment if the article was unpublished before the response was made.
    const others = stored.filter(({ id }) => !known.has(id));
    expect(others.filter(({ body }) => !takenBack.has(body))).toEqual([]);
  },
} satisfies Races;
