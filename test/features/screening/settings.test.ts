/**
 * @database either
 * @seconds 20
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../../support/app.ts';
import { logOf } from '../../support/comments.ts';
import {
  addWords,
  moderationEvents,
  moderationHead,
  removeWords,
  setArticle,
  setSettings,
} from '../../support/screening.ts';

const service = useApp();
let editor: TestUser;
let moderator: TestUser;
let reader: TestUser;

beforeAll(async () => {
  editor = await service().signUp('Ed Example', 'EDITOR');
  moderator = await service().signUp('Mo Example', 'MODERATOR');
  reader = await service().signUp('Ada Example');
});

const codesOf = ({ userErrors }: any) => userErrors.map(({ code }: any) => code);

describe('the site’s settings', () => {
  it('are off until somebody sets them', async () => {
    const { moderationSettings } = await service().data(
      `{ moderationSettings { revision isPremoderated firstComments maxLinks heldHosts allowedHosts holdsRepeatedText
        slowModeSeconds reportsToHold claimSeconds asksHook hookDeadlineSeconds hookDeadlineAction } }`,
      {},
      moderator.token,
    );
    expect(moderationSettings).toEqual({
      revision: 0,
      isPremoderated: false,
      firstComments: 0,
      maxLinks: null,
      heldHosts: [],
      allowedHosts: [],
      holdsRepeatedText: false,
      slowModeSeconds: 0,
      reportsToHold: 3,
      claimSeconds: 300,
      asksHook: false,
      hookDeadlineSeconds: 300,
      hookDeadlineAction: 'HOLD',
    });
  });

  it('change in part, by editors alone, and the log of moderation has every changed value', async () => {
    const start = await moderationHead(service());
    for (const user of [reader, moderator])
      expect(codesOf(await setSettings(service(), { maxLinks: 2 }, user))).toEqual(['FORBIDDEN']);
    const hosts = { add: ['b.example', 'A.example', 'a.example.'], remove: ['none.example'] };
    const { settings } = await setSettings(service(), { maxLinks: 2, heldHosts: hosts }, editor);
    expect(settings).toMatchObject({ maxLinks: 2, heldHosts: ['a.example', 'b.example'], reportsToHold: 3 });
    const again = await setSettings(service(), { maxLinks: 2, heldHosts: { add: ['a.example'] } }, editor);
    expect(again.settings).toEqual(settings);
    const last = await setSettings(
      service(),
      { maxLinks: null, heldHosts: { remove: ['a.example'] } },
      editor,
    );
    expect(last.settings).toMatchObject({
      revision: settings.revision + 1,
      maxLinks: null,
      heldHosts: ['b.example'],
    });
    const actorId = editor.accountId;
    expect(await moderationEvents(service(), start)).toMatchObject([
      {
        kind: 'SETTINGS_CHANGED',
        actorKind: 'PERSON',
        actorId,
        detail: {
          maxLinks: { before: null, after: 2 },
          heldHosts: { added: ['a.example', 'b.example'], removed: [] },
        },
      },
      {
        kind: 'SETTINGS_CHANGED',
        actorId,
        detail: { maxLinks: { before: 2, after: null }, heldHosts: { added: [], removed: ['a.example'] } },
      },
    ]);
  });

  it('are refused outside their bounds, with all faults at once, and nothing changes', async () => {
    const start = await moderationHead(service());
    const { settings, userErrors } = await setSettings(
      service(),
      {
        maxLinks: 101,
        slowModeSeconds: -1,
        claimSeconds: 29,
        hookDeadlineSeconds: 9,
        isPremoderated: true,
        heldHosts: { add: ['good.example', 'https://bad.example/'] },
      },
      editor,
    );
    expect(settings).toBeNull();
    expect(userErrors.map(({ code, field }: any) => [code, field.join('.')])).toEqual([
      ['INVALID_INPUT', 'slowModeSeconds'],
      ['INVALID_INPUT', 'claimSeconds'],
      ['INVALID_INPUT', 'hookDeadlineSeconds'],
      ['INVALID_INPUT', 'maxLinks'],
      ['INVALID_INPUT', 'heldHosts.add.1'],
    ]);
    expect(await moderationEvents(service(), start)).toEqual([]);
  });

  it('of two editors at once lose nothing', async () => {
    const start = await moderationHead(service());
    const hosts = Array.from({ length: 10 }, (_, n) => `h${n}.example`);
    await Promise.all([
      ...hosts.map((host) => setSettings(service(), { allowedHosts: { add: [host] } }, editor)),
      setSettings(service(), { reportsToHold: 7 }, editor),
      setSettings(service(), { claimSeconds: 77 }, editor),
    ]);
    const { settings } = await setSettings(service(), {}, editor);
    expect(settings).toMatchObject({ allowedHosts: hosts, reportsToHold: 7, claimSeconds: 77 });
    expect(await moderationEvents(service(), start)).toHaveLength(12);
  });
});

describe('the settings of an article', () => {
  it('stand in place of the site’s until they are taken back, and the public learns of its slow mode alone', async () => {
    const { id, articleId, slug } = await service().addArticle();
    const start = await moderationHead(service());
    expect(codesOf(await setArticle(service(), { articleId: id, maxLinks: 1 }, reader))).toEqual([
      'FORBIDDEN',
    ]);
    expect(codesOf(await setArticle(service(), { articleId: id, firstComments: 101 }, moderator))).toEqual([
      'INVALID_INPUT',
    ]);
    await setSettings(service(), { slowModeSeconds: 30 }, editor);
    const slow = async (user?: TestUser) =>
      (
        await service().data(
          'query ($slug: String!) { article(slug: $slug) { slowModeSeconds viewerModeration { maxLinks } } }',
          { slug },
          user?.token,
        )
      ).article;
    expect(await slow()).toEqual({ slowModeSeconds: 30, viewerModeration: null });
    const { article } = await setArticle(
      service(),
      { articleId: id, slowModeSeconds: 60, maxLinks: 1 },
      moderator,
    );
    expect(article).toEqual({
      slowModeSeconds: 60,
      viewerModeration: { slowModeSeconds: 60, maxLinks: 1, firstComments: null },
    });
    expect(await slow()).toEqual({ slowModeSeconds: 60, viewerModeration: null });
    expect(await slow(reader)).toEqual({ slowModeSeconds: 60, viewerModeration: null });
    await setArticle(service(), { articleId: id, maxLinks: 2 }, moderator);
    await setArticle(service(), { articleId: id, slowModeSeconds: null }, moderator);
    expect(await slow(moderator)).toEqual({ slowModeSeconds: 30, viewerModeration: { maxLinks: 2 } });
    await setSettings(service(), { slowModeSeconds: 0 }, editor);
    expect(await slow()).toEqual({ slowModeSeconds: 0, viewerModeration: null });
    expect((await logOf(service(), articleId)).map(({ kind }) => kind)).toEqual([
      'COMMENT_POLICY_CHANGED',
      'COMMENT_POLICY_CHANGED',
    ]);
    const ofArticle = (await moderationEvents(service(), start)).filter(
      (event) => event.articleId === articleId,
    );
    expect(ofArticle.map(({ detail }) => detail)).toEqual([
      { slowModeSeconds: { before: null, after: 60 }, maxLinks: { before: null, after: 1 } },
      { maxLinks: { before: 1, after: 2 } },
      { slowModeSeconds: { before: 60, after: null } },
    ]);
  });
});

describe('the list of words', () => {
  const list = async (filter?: object, page = 'first: 100') =>
    (
      await service().data(
        `query ($filter: ModerationWordFilter) { moderationWords(filter: $filter, ${page}) {
          totalCount nodes { id text mode action language } pageInfo { hasNextPage endCursor } } }`,
        { filter },
        moderator.token,
      )
    ).moderationWords;

  it('takes words, shows them newest first, finds them by a part, and lets them go', async () => {
    const start = await moderationHead(service());
    const { words } = await addWords(
      service(),
      [
        { text: '  Straße ' },
        { text: 'idiot', mode: 'PREFIX', action: 'REFUSE' },
        { text: 'v*gra', mode: 'PATTERN', language: 'EN-us' },
      ],
      moderator,
    );
    expect(words).toMatchObject([
      { text: 'Straße', mode: 'EXACT', action: 'HOLD', language: null },
      { text: 'idiot', mode: 'PREFIX', action: 'REFUSE', language: null },
      { text: 'v*gra', mode: 'PATTERN', action: 'HOLD', language: 'en-US' },
    ]);
    expect((await list()).nodes.map(({ text }: any) => text)).toEqual(['v*gra', 'idiot', 'Straße']);
    expect(await list({ text: 'TRASS' })).toMatchObject({ totalCount: 1, nodes: [{ text: 'Straße' }] });
    const { pageInfo, totalCount } = await list(undefined, 'first: 2');
    expect([pageInfo.hasNextPage, totalCount]).toEqual([true, 3]);
    const rest = await list(undefined, `first: 2, after: "${pageInfo.endCursor}"`);
    expect(rest.nodes).toMatchObject([{ text: 'Straße' }]);
    const [{ id }] = words;
    const node = 'query ($id: ID!) { node(id: $id) { ... on ModerationWord { text } } }';
    expect(await service().data(node, { id }, moderator.token)).toEqual({ node: { text: 'Straße' } });
    expect(await service().data(node, { id }, reader.token)).toEqual({ node: null });
    const ids = words.map((word: any) => word.id);
    expect((await removeWords(service(), ids, moderator)).removedWordIds.sort()).toEqual([...ids].sort());
    expect(await removeWords(service(), ids, moderator)).toEqual({ removedWordIds: [], userErrors: [] });
    const [added, removed, ...others] = await moderationEvents(service(), start);
    expect(others).toEqual([]);
    expect(added).toMatchObject({ kind: 'SETTINGS_CHANGED', detail: { words: { added: 3 } } });
    expect(removed.detail.words.wordIds.sort()).toEqual(added.detail.words.wordIds.sort());
  });

  it('takes all words or none, and says of each what is at fault', async () => {
    const { words } = await addWords(service(), [{ text: 'known' }], moderator);
    const { userErrors } = await addWords(
      service(),
      [
        { text: 'fine' },
        { text: ' ' },
        { text: 'x'.repeat(101) },
        { text: 'a*', mode: 'PATTERN' },
        { text: 'word', language: 'no language' },
      ],
      moderator,
    );
    expect(userErrors.map(({ code, field }: any) => [code, field.join('.')])).toEqual([
      ['EMPTY_TEXT', 'words.1.text'],
      ['TOO_LONG', 'words.2.text'],
      ['INVALID_INPUT', 'words.3.text'],
      ['INVALID_INPUT', 'words.4.language'],
    ]);
    const repeated = await addWords(service(), [{ text: 'one' }, { text: 'ONE' }], moderator);
    expect(repeated.userErrors).toMatchObject([
      { field: ['words', '1', 'text'], message: 'This is the same as word 1 of these.' },
    ]);
    const listed = await addWords(service(), [{ text: 'one' }, { text: 'KNOWN' }], moderator);
    expect(listed.userErrors).toMatchObject([{ field: ['words', '1', 'text'] }]);
    const many = Array.from({ length: 501 }, (_, n) => ({ text: `many ${n}` }));
    expect(codesOf(await addWords(service(), many, moderator))).toEqual(['INVALID_INPUT']);
    expect((await list()).nodes).toMatchObject([{ text: 'known' }]);
    await removeWords(service(), [words[0].id], moderator);
  });

  it('is bounded, as is the number of patterns', async () => {
    await service().app.db.query(
      `INSERT INTO screened_word (text, folded, mode, action)
       SELECT 'p' || n, 'p' || n, CASE WHEN n <= 500 THEN 'PATTERN' ELSE 'EXACT' END, 'HOLD' FROM generate_series(1, 19999) n`,
    );
    expect(codesOf(await addWords(service(), [{ text: 'more*', mode: 'PATTERN' }], moderator))).toEqual([
      'LIMIT_REACHED',
    ]);
    expect(codesOf(await addWords(service(), [{ text: 'one' }, { text: 'two' }], moderator))).toEqual([
      'LIMIT_REACHED',
    ]);
    expect(codesOf(await addWords(service(), [{ text: 'one' }], moderator))).toEqual([]);
    await service().app.db.query('DELETE FROM screened_word');
  });

  it('is for moderators', async () => {
    expect(codesOf(await addWords(service(), [{ text: 'one' }], reader))).toEqual(['FORBIDDEN']);
    expect(codesOf(await removeWords(service(), [], reader))).toEqual(['FORBIDDEN']);
    for (const query of ['{ moderationWords { totalCount } }', '{ moderationSettings { revision } }']) {
      const { errors } = await service().query(query, {}, { token: reader.token });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  it('keeps a word whose moderator was erased, without the moderator', async () => {
    const leaving = await service().signUp('Lee Example', 'MODERATOR');
    await addWords(service(), [{ text: 'kept' }], leaving);
    const { erasureOf } = await import('../../support/erasure.ts');
    await erasureOf(service()).erase(leaving.email);
    const rows = await service().app.db.query(`SELECT text, added_by FROM screened_word WHERE text = 'kept'`);
    expect(rows).toEqual([{ text: 'kept', added_by: null }]);
  });
});
