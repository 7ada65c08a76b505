import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';
import { type ArticleMutation, keyIn, sendArticleMutation, write } from '../../support/articles.ts';
import { logOf, sendMutation } from '../../support/comments.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import { Random } from '../../../harness/random.ts';

const seed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
const writerCount = 20;

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

describe('at the same moment', () => {
  const service = useApp({ MAX_REPLAY_EVENTS: '100000' });
  const writers: TestUser[] = [];
  let owner: TestUser;

  beforeAll(async () => {
    owner = await service().signUp('Owner Example', 'JOURNALIST');
    for (let n = 0; n < writerCount; n++) {
      writers.push(
        await service().signUp(`Writer ${n}`, 'JOURNALIST', ...(n < 3 ? (['EDITOR'] as const) : [])),
      );
    }
  });

  const user = (n: number): TestUser => writers[n] ?? owner;

  /** @returns the codes with which a command was refused; none when it was carried out */
  async function codes(
    name: ArticleMutation,
    input: Record<string, unknown>,
    by: TestUser,
  ): Promise<string[]> {
    const { data, errors } = await sendArticleMutation(service(), name, input, by);
    if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    return data[name].userErrors.map(({ code }: { code: string }) => code);
  }

  it('twenty articles of one title get twenty slugs, and each of their new tags is stored once', async () => {
    const title = `The same ${randomUUID()}`;
    const tags = times(10, (n) => `tag ${randomUUID()} ${n}`);
    const articles = await Promise.all(
      writers.map((writer, n) =>
        write(
          service(),
          'createArticle',
          { title, body: 'B', tags: n % 2 ? tags : [...tags].reverse() },
          writer,
        ),
      ),
    );
    const base = title.toLowerCase().replace(' ', '-');
    const expected = times(writerCount, (n) =>
      n === 0 ? base.replace(' ', '-') : `${base.replace(' ', '-')}-${n + 1}`,
    );
    expect(articles.map(({ slug }) => slug).sort()).toEqual(expected.sort());
    for (const article of articles) expect(article.tags).toHaveLength(10);
    expect(await service().app.db.query('SELECT FROM tag WHERE name = ANY($1)', [tags])).toHaveLength(10);
    await checkInvariants(service().app.db);
  });

  it('only one of twenty new and renamed articles gets a slug that all of them ask for', async () => {
    const drafts = await Promise.all(
      times(10, (n) => write(service(), 'createArticle', { title: 'Draft', body: 'B' }, user(n))),
    );
    const slug = `wanted-${randomUUID()}`;
    const outcomes = await Promise.all([
      ...drafts.map(({ id }, n) => codes('updateArticle', { articleId: id, slug }, user(n))),
      ...times(10, (n) => codes('createArticle', { title: 'New', body: 'B', slug }, user(n))),
    ]);
    expect(outcomes.filter((refused) => refused.length === 0)).toHaveLength(1);
    expect(outcomes.flat()).toEqual(times(19, () => 'SLUG_TAKEN'));
  });

  it('a first article sent twenty times with one idempotency key is created once, under one byline', async () => {
    const fresh = await service().signUp('Fresh Example', 'JOURNALIST');
    const input = { title: 'Once', body: 'B', idempotencyKey: randomUUID() };
    const articles = await Promise.all(times(20, () => write(service(), 'createArticle', input, fresh)));
    expect(new Set(articles.map(({ id }) => id)).size).toBe(1);
    const without = await Promise.all(
      times(10, (n) => write(service(), 'createArticle', { title: `No. ${n}`, body: 'B' }, fresh)),
    );
    expect(new Set([...articles, ...without].map(({ author }) => author.id)).size).toBe(1);
    await checkInvariants(service().app.db);
  });

  it('twenty bylines of one name get twenty slugs', async () => {
    const namesakes = await Promise.all(times(20, () => service().signUp('Same Name', 'JOURNALIST')));
    const articles = await Promise.all(
      namesakes.map((by) => write(service(), 'createArticle', { title: 'T', body: 'B' }, by)),
    );
    expect(new Set(articles.map(({ author }) => author.slug)).size).toBe(20);
  });

  it('one of ten changes based on the same revision is carried out', async () => {
    const { id } = await write(service(), 'createArticle', { title: 'T', body: 'B' }, owner);
    const { updatedAt } = await write(service(), 'publishArticle', { articleId: id }, owner);
    const outcomes = await Promise.all(
      times(10, (n) =>
        codes('updateArticle', { articleId: id, title: `No. ${n}`, expectedUpdatedAt: updatedAt }, owner),
      ),
    );
    expect(outcomes.flat()).toEqual(times(9, () => 'STALE_REVISION'));
    expect(await logOf(service(), keyIn(id))).toHaveLength(2);
  });

  it('publishing twenty times appends one event, and so does unpublishing', async () => {
    const { id } = await write(service(), 'createArticle', { title: 'T', body: 'B' }, owner);
    for (const name of ['publishArticle', 'unpublishArticle', 'publishArticle'] as const) {
      const articles = await Promise.all(times(20, () => write(service(), name, { articleId: id }, owner)));
      expect(new Set(articles.map(({ updatedAt, publishedAt }) => `${updatedAt} ${publishedAt}`)).size).toBe(
        1,
      );
    }
    const log = await logOf(service(), keyIn(id));
    expect(log.map(({ kind }) => kind)).toEqual([
      'ARTICLE_UPDATED',
      'ARTICLE_UNPUBLISHED',
      'ARTICLE_UPDATED',
    ]);
  });

  it(`no event of a reader follows the unpublishing, however busy the thread (RACE_SEED=${seed})`, async () => {
    const app = service();
    const { id } = await write(app, 'createArticle', { title: 'Hot', body: 'B' }, owner);
    await write(app, 'publishArticle', { articleId: id }, owner);
    let isOver = false;
    let acts = 0;
    const seen = new Map<string, number>();
    const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

    async function act(random: Random, by: TestUser, own: string[]): Promise<void> {
      const commentId = random.pick(own);
      const [name, input, type] = random.pick([
        ['addComment', { articleId: id, body: `No. ${random.next()}` }, 'AddCommentInput'],
        ['endorse', { articleId: id }, 'EndorseInput'],
        ['withdrawEndorsement', { articleId: id }, 'WithdrawEndorsementInput'],
        ...(commentId === undefined
          ? []
          : [
              ['editComment', { commentId, body: `No. ${random.next()}` }, 'EditCommentInput'] as const,
              ['removeComment', { commentId }, 'RemoveCommentInput'] as const,
            ]),
      ] as const) as readonly [string, Record<string, unknown>, string];
      const made = name === 'addComment' ? 'comment { id }' : '';
      const { data, errors } = await app.query(
        `mutation ($input: ${type}!) { ${name}(input: $input) { ${made} userErrors { code } } }`,
        { input },
        { token: by.token },
      );
      if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
      note(`${name}: ${data[name].userErrors[0]?.code ?? 'done'}`);
      if (data[name].comment) own.push(data[name].comment.id);
    }

    // Readers only: the first three writers are editors, who may see an unpublished article.
    const readers = writers.slice(3).map(async (by, n) => {
      const [random, own] = [new Random(seed + n), [] as string[]];
      for (; !isOver; acts++) await act(random, by, own);
    });
    const random = new Random(seed - 1);
    let mostMeanwhile = 0;
    for (let round = 0; round < 12; round++) {
      const name = round % 2 === 0 ? 'unpublishArticle' : 'publishArticle';
      const before = acts;
      await Promise.all(times(random.chance(0.5) ? 2 : 1, () => write(app, name, { articleId: id }, owner)));
      mostMeanwhile = Math.max(mostMeanwhile, acts - before);
      await write(app, 'updateArticle', { articleId: id, title: `Round ${round}` }, user(round % 3));
      for (let n = 0; n < 3; n++)
        await sendMutation(app, 'addComment', { articleId: id, body: 'x' }, user(n));
    }
    isOver = true;
    await Promise.all(readers);
    // The unpublishing waits for its turn, but not until nobody writes, which would never happen.
    expect(mostMeanwhile).toBeLessThan(8 * (writerCount - 3));

    const log = await logOf(app, keyIn(id));
    let isPublic = false;
    for (const { sequence, kind } of log) {
      if (kind === 'ARTICLE_UPDATED') isPublic = true;
      else expect([sequence, kind, isPublic]).toEqual([sequence, kind, true]);
      if (kind === 'ARTICLE_UNPUBLISHED') isPublic = false;
    }
    expect(log.filter(({ kind }) => kind === 'ARTICLE_UNPUBLISHED')).toHaveLength(6);
    for (const what of ['addComment', 'endorse', 'withdrawEndorsement', 'editComment', 'removeComment']) {
      expect([what, seen.get(`${what}: done`) ?? 0]).not.toEqual([what, 0]);
      expect([what, seen.get(`${what}: NOT_FOUND`) ?? 0]).not.toEqual([what, 0]);
    }
    await checkInvariants(app.app.db);
  }, 240_000);
});
