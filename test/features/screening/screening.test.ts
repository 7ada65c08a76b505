/**
 * @seconds 30
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { removeLocked } from '../../../src/features/comments/writing/comment-removal.ts';
import { lockComment } from '../../../src/features/comments/writing/comment-write.queries.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { markTakenBack } from '../../../src/platform/screening/moderation-item.queries.ts';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { done, logOf, mutate } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { eventually } from '../../support/eventually.ts';
import { recordStatements } from '../../support/statements.ts';
import {
  addWords,
  commentKeyOf,
  moderationEvents,
  moderationHead,
  queueOf,
  removeWords,
  setArticle,
  setSettings,
} from '../../support/screening.ts';

const service = useApp({ EDIT_WINDOW_SECONDS: '3600' });
let editor: TestUser;
let moderator: TestUser;
let author: TestUser;
let other: TestUser;
let article: { id: string; articleId: string; slug: string };
let start: number;

const reset = {
  isPremoderated: false,
  firstComments: 0,
  maxLinks: null,
  holdsRepeatedText: false,
  slowModeSeconds: 0,
};
const holdFields = 'phase match rule heldAt';

beforeAll(async () => {
  editor = await service().signUp('Ed Example', 'EDITOR');
  moderator = await service().signUp('Mo Example', 'MODERATOR');
});

beforeEach(async () => {
  author = await service().signUp('Ada Example');
  other = await service().signUp('Bo Example');
  article = await service().addArticle();
  start = await moderationHead(service());
});

afterEach(async () => {
  await setSettings(service(), reset, editor);
  const { moderationWords } = await service().data(
    '{ moderationWords(first: 100) { nodes { id } } }',
    {},
    moderator.token,
  );
  await removeWords(
    service(),
    moderationWords.nodes.map(({ id }: any) => id),
    moderator,
  );
  await checkInvariants(service().app.db);
});

const post = (body: string, user = author, app = service()) =>
  app.addComment(user, { articleId: article.id, body });
const posted = async (body: string, user = author, app = service()) => {
  const { comment, userErrors } = await post(body, user, app);
  if (!comment) throw new Error(JSON.stringify(userErrors));
  return comment;
};
const edit = (commentId: string, body: string, user = author) =>
  done(service(), 'editComment', { commentId, body }, user);
const read = async (id: string, user?: TestUser) =>
  (
    await service().data(
      `query ($id: ID!) { comment(id: $id) { status revision bodyText viewerHold { ${holdFields} }
        viewerHeldEdit { status revision viewerHold { ${holdFields} } } } }`,
      { id },
      user?.token,
    )
  ).comment;
/** The events of the log of moderation since the test began, without those of the settings. */
const eventsNow = async () =>
  (await moderationEvents(service(), start)).filter(({ kind }) => kind !== 'SETTINGS_CHANGED');
const publicKinds = async () => (await logOf(service(), article.articleId)).map(({ kind }) => kind);

describe('a comment with a word of the list', () => {
  it('waits, and says why to moderators in full and to its author without the entry', async () => {
    await addWords(service(), [{ text: 'nonsens*', mode: 'PATTERN' }], moderator);
    const comment = await posted('What utter NONSENSE this is.');
    expect(comment.status).toBe('PENDING');
    const heldAt = expect.any(String);
    expect((await read(comment.id, moderator)).viewerHold).toEqual({
      phase: 'WORDS',
      match: 'NONSENSE',
      rule: 'nonsens*',
      heldAt,
    });
    expect((await read(comment.id, author)).viewerHold).toEqual({
      phase: 'WORDS',
      match: null,
      rule: null,
      heldAt,
    });
    expect([await read(comment.id, other), await read(comment.id)]).toEqual([null, null]);
    const commentId = commentKeyOf(comment.id);
    expect(await queueOf(service(), article.articleId)).toEqual([
      { commentId, held: 'COMMENT', phase: 'WORDS', reports: 0 },
    ]);
    expect(await eventsNow()).toEqual([
      {
        kind: 'HELD',
        actorKind: 'SYSTEM',
        actorId: null,
        articleId: article.articleId,
        commentId,
        revision: 1,
        subjectId: author.accountId,
        detail: { phase: 'WORDS' },
      },
    ]);
    expect(await publicKinds()).toEqual([]);
  });

  it('waits also if the word is in the title of a link alone, where readers see it too', async () => {
    await addWords(service(), [{ text: 'nonsense' }], moderator);
    const comment = await posted('See [this](https://one.example/ "Utter \\"nonsense\\"").');
    expect(comment.status).toBe('PENDING');
    expect((await read(comment.id, moderator)).viewerHold).toMatchObject({ match: 'nonsense' });
  });

  it('is refused if the word says so, with the words, and leaves nothing', async () => {
    await addWords(service(), [{ text: 'nonsense', action: 'REFUSE' }], moderator);
    const { comment, userErrors } = await post('Nonsense!');
    expect(comment).toBeNull();
    expect(userErrors).toEqual([
      { code: 'TEXT_REFUSED', message: 'These words are not accepted here: “Nonsense”.', field: ['body'] },
    ]);
    expect([await queueOf(service(), article.articleId), await eventsNow()]).toEqual([[], []]);
  });

  it('is held on every node from the moment at which the word was added, and on none once it was removed', async () => {
    const second = await TestApp.start({}, { database: service().database });
    try {
      for (const app of [service(), second])
        expect((await posted('Nonsense', author, app)).status).toBe('PUBLISHED');
      for (const [here, there] of [
        [service(), second],
        [second, service()],
      ] as const) {
        const { words } = await addWords(here, [{ text: 'nonsense' }], moderator);
        expect((await posted('Nonsense', author, there)).status).toBe('PENDING');
        expect((await posted('Nonsense', author, here)).status).toBe('PENDING');
        await removeWords(there, [words[0].id], moderator);
        expect((await posted('Nonsense', author, here)).status).toBe('PUBLISHED');
        expect((await posted('Nonsense', author, there)).status).toBe('PUBLISHED');
      }
    } finally {
      await second.close();
    }
  });

  it('passes if a moderator writes it', async () => {
    await addWords(service(), [{ text: 'nonsense', action: 'REFUSE' }], moderator);
    await setSettings(service(), { isPremoderated: true, firstComments: 9, slowModeSeconds: 60 }, editor);
    expect([
      (await posted('Nonsense', moderator)).status,
      (await posted('Nonsense', moderator)).status,
    ]).toEqual(['PUBLISHED', 'PUBLISHED']);
  });
});

describe('the other settings', () => {
  it('hold everything on a premoderated site, and name the site or the article', async () => {
    await setSettings(service(), { isPremoderated: true }, editor);
    const first = await posted('A text.');
    expect((await read(first.id, moderator)).viewerHold).toMatchObject({ phase: 'POLICY', rule: 'site' });
    await service().data(
      `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }`,
      { input: { articleId: article.id, commentPolicy: 'PREMODERATED' } },
      moderator.token,
    );
    const second = await posted('A text.');
    expect((await read(second.id, moderator)).viewerHold).toMatchObject({ phase: 'POLICY', rule: 'article' });
  });

  it('hold the first comments of an account until a moderator has approved as many', async () => {
    await setArticle(service(), { articleId: article.id, firstComments: 2 }, moderator);
    const [first, second] = [await posted('One.'), await posted('Two.')];
    for (const { id } of [first, second])
      await done(service(), 'approveComment', { commentId: id }, moderator);
    expect([first.status, second.status, (await posted('Three.')).status]).toEqual([
      'PENDING',
      'PENDING',
      'PUBLISHED',
    ]);
    expect((await posted('One.', other)).status).toBe('PENDING');
  });

  it('hold links by their number and their hosts, counted without those to allowed hosts', async () => {
    const hosts = { heldHosts: { add: ['Spam.example'] }, allowedHosts: { add: ['good.example'] } };
    await setSettings(service(), { maxLinks: 1, ...hosts }, editor);
    const one = await posted('<https://a.example/> <https://www.good.example/> <https://good.example/>');
    expect(one.status).toBe('PUBLISHED');
    const two = await posted('<https://a.example/> and [this](https://b.example/x)');
    expect((await read(two.id, moderator)).viewerHold).toMatchObject({
      phase: 'LINKS',
      match: 'https://b.example/x',
      rule: 'maxLinks: 1',
    });
    const spam = await posted('[this](https://cheap.spam.example/)');
    expect((await read(spam.id, moderator)).viewerHold).toMatchObject({
      match: 'cheap.spam.example',
      rule: 'spam.example',
    });
    await setSettings(
      service(),
      { heldHosts: { remove: ['spam.example'] }, allowedHosts: { remove: ['good.example'] } },
      editor,
    );
  });

  it('hold a text that its author has sent within a day, on any article, whatever its case', async () => {
    await setSettings(service(), { holdsRepeatedText: true }, editor);
    expect((await posted('Buy   this now.')).status).toBe('PUBLISHED');
    const elsewhere = await service().addArticle();
    const again = await service().addComment(author, { articleId: elsewhere.id, body: 'BUY THIS NOW.' });
    expect((await read(again.comment!.id, moderator)).viewerHold).toMatchObject({ phase: 'REPEATED_TEXT' });
    expect((await posted('Buy this now.', other)).status).toBe('PUBLISHED');
    await service().app.db.query(
      `UPDATE comment SET created_at = created_at - interval '25 hours' WHERE account_id = $1`,
      [author.accountId],
    );
    expect((await posted('Buy this now.')).status).toBe('PUBLISHED');
  });

  it('hold a text that its author sends at once on several articles, but for the first', async () => {
    await setSettings(service(), { holdsRepeatedText: true }, editor);
    const { db } = service().app;
    const elsewhere = await service().addArticle();
    const waiting = async () =>
      (
        await db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
      ).length;
    const sent = await db.transaction(async (tx) => {
      // The first one has looked at what was sent before, and is not stored yet.
      await tx.query('SELECT FROM article_counter WHERE article_id = $1 FOR UPDATE', [article.articleId]);
      const first = posted('Buy this now.');
      await eventually('the first one to wait', async () => (await waiting()) === 1);
      let isAnswered = false;
      const second = service()
        .addComment(author, { articleId: elsewhere.id, body: 'Buy this now.' })
        .finally(() => (isAnswered = true));
      await eventually('the second one', async () => isAnswered || (await waiting()) === 2);
      return { first, second };
    });
    expect((await sent.first).status).toBe('PUBLISHED');
    const { comment } = await sent.second;
    expect(await read(comment!.id, moderator)).toMatchObject({
      status: 'PENDING',
      viewerHold: { phase: 'REPEATED_TEXT' },
    });
  });

  it('take no turns with the texts of one author where texts are not compared', async () => {
    const locks = async () => {
      const { statements, stop } = recordStatements();
      await posted('A text.').finally(stop);
      return statements.filter((text) => text.includes('pg_advisory_xact_lock($1, hashtext'));
    };
    expect(await locks()).toEqual([]);
    await setSettings(service(), { firstComments: 1 }, editor);
    expect(await locks()).toEqual([]);
    await setSettings(service(), { holdsRepeatedText: true }, editor);
    expect(await locks()).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('of a public comment passes the phases too: readers see the old text while it waits', async () => {
    await addWords(service(), [{ text: 'nonsense' }], moderator);
    const { id } = await posted('A text.');
    await edit(id, 'Nonsense!');
    const shown = await read(id, moderator);
    expect(shown).toMatchObject({ status: 'PUBLISHED', revision: 1, bodyText: 'A text.', viewerHold: null });
    expect(shown.viewerHeldEdit).toMatchObject({
      status: 'PENDING',
      viewerHold: { phase: 'WORDS', match: 'Nonsense', rule: 'nonsense' },
    });
    expect((await read(id, author)).viewerHeldEdit.viewerHold).toMatchObject({ phase: 'WORDS', match: null });
    const commentId = commentKeyOf(id);
    expect(await queueOf(service(), article.articleId)).toMatchObject([
      { commentId, held: 'EDIT', phase: 'WORDS' },
    ]);
    const { revision } = shown.viewerHeldEdit;
    expect(await eventsNow()).toMatchObject([
      { kind: 'HELD', commentId, revision, detail: { phase: 'WORDS' } },
    ]);
    // The same text again changes nothing.
    await edit(id, 'Nonsense!');
    expect(await eventsNow()).toHaveLength(1);
    // A text that passes is public at once, and withdraws the one that waited.
    await edit(id, 'Another text.');
    expect(await read(id, author)).toMatchObject({ bodyText: 'Another text.', viewerHeldEdit: null });
    expect(await queueOf(service(), article.articleId)).toEqual([]);
    const actorId = author.accountId;
    expect((await eventsNow()).slice(1)).toMatchObject([
      { kind: 'WITHDRAWN', actorKind: 'PERSON', actorId, commentId, revision },
    ]);
    expect(await publicKinds()).toEqual(['COMMENT_ADDED', 'COMMENT_EDITED']);
  });

  it('back to the public text withdraws the one that waits', async () => {
    await addWords(service(), [{ text: 'nonsense' }], moderator);
    const { id } = await posted('A text.');
    await edit(id, 'Nonsense!');
    await edit(id, 'A text.');
    expect((await eventsNow()).map(({ kind }) => kind)).toEqual(['HELD', 'WITHDRAWN']);
    expect(await publicKinds()).toEqual(['COMMENT_ADDED']);
  });

  it('is refused for words that refuse', async () => {
    await addWords(service(), [{ text: 'nonsense', action: 'REFUSE' }], moderator);
    const { id } = await posted('A text.');
    const { userErrors } = await mutate(
      service(),
      'editComment',
      { commentId: id, body: 'Nonsense' },
      author,
    );
    expect(userErrors).toMatchObject([{ code: 'TEXT_REFUSED', field: ['body'] }]);
  });

  it('of a comment that waits is screened anew, and what was held stays held', async () => {
    await addWords(service(), [{ text: 'nonsense' }, { text: 'rubbish' }], moderator);
    const { id } = await posted('Nonsense!');
    await edit(id, 'Rubbish!');
    expect((await read(id, moderator)).viewerHold).toMatchObject({ match: 'Rubbish', rule: 'rubbish' });
    await edit(id, 'A text.');
    expect(await read(id, moderator)).toMatchObject({
      status: 'PENDING',
      revision: 3,
      viewerHold: { phase: 'WORDS', match: null, rule: 'rubbish' },
    });
    expect((await eventsNow()).map(({ kind, revision, detail }) => [kind, revision, detail])).toEqual(
      [1, 2, 3].map((revision) => ['HELD', revision, { phase: 'WORDS' }]),
    );
    expect(await queueOf(service(), article.articleId)).toMatchObject([{ held: 'COMMENT', phase: 'WORDS' }]);
  });

  it('of a comment that a node without phases has held has no reason to show', async () => {
    await setSettings(service(), { isPremoderated: true }, editor);
    const { id } = await posted('A text.');
    await service().app.db.query('DELETE FROM comment_hold WHERE comment_id = $1', [commentKeyOf(id)]);
    expect((await read(id, moderator)).viewerHold).toBeNull();
    await setSettings(service(), { isPremoderated: false }, editor);
    await edit(id, 'Another text.');
    expect(await read(id, moderator)).toMatchObject({ status: 'PENDING', viewerHold: null });
    expect((await eventsNow()).at(-1)).toMatchObject({ kind: 'HELD', revision: 2, detail: { phase: null } });
  });
});

describe('a comment that waits', () => {
  it('leaves the queue when its author removes it, and the log says so', async () => {
    await setSettings(service(), { isPremoderated: true }, editor);
    const { id } = await posted('A text.');
    await done(service(), 'removeComment', { commentId: id }, author);
    expect(await queueOf(service(), article.articleId)).toEqual([]);
    const commentId = commentKeyOf(id);
    const actorId = author.accountId;
    expect(await eventsNow()).toMatchObject([
      { kind: 'HELD' },
      { kind: 'WITHDRAWN', actorKind: 'PERSON', actorId, commentId, revision: 1, subjectId: actorId },
    ]);
  });

  it('leaves the queue as well if reports have taken it back', async () => {
    const { id } = await posted('A text.');
    const { db } = service().app;
    const key = [article.articleId, commentKeyOf(id)];
    await db.query(
      `INSERT INTO comment_report (article_id, comment_id, account_id, reason, revision) VALUES ($1, $2, $3, 'SPAM', 1)`,
      [...key, other.accountId],
    );
    const [articleId = '', commentId = ''] = key;
    await db.transaction(async (tx) => {
      const comment = await lockComment(tx, articleId, commentId);
      await markTakenBack(tx, articleId, [commentId], { accountId: author.accountId, phase: null });
      const { event } = await removeLocked(tx, { articleId, id: commentId }, comment!);
      await new EventLog(service().app.bus).append(tx, event!);
    });
    expect(await queueOf(service(), article.articleId)).toMatchObject([{ held: 'REPORTS', reports: 1 }]);
    const seen = (await eventsNow()).length;
    await done(service(), 'removeComment', { commentId: id }, author);
    expect(await queueOf(service(), article.articleId)).toEqual([]);
    expect((await eventsNow()).slice(seen)).toMatchObject([{ kind: 'WITHDRAWN', actorId: author.accountId }]);
    expect(await db.query('SELECT state FROM comment_report WHERE comment_id = $1', [key[1]])).toEqual([
      { state: 'OBSOLETE' },
    ]);
    // Nothing is left to take back.
    await done(service(), 'removeComment', { commentId: id }, author);
    expect((await eventsNow()).slice(seen)).toHaveLength(1);
  });

  it('goes with its author, and so does what was found in it', async () => {
    await addWords(service(), [{ text: 'nonsense' }], moderator);
    const waiting = await posted('Nonsense!');
    const edited = await posted('A text.');
    await edit(edited.id, 'Nonsense!');
    await erasureOf(service()).erase(author.email);
    expect(await queueOf(service(), article.articleId)).toEqual([]);
    expect(
      (await eventsNow()).filter(({ kind }) => kind === 'WITHDRAWN').map(({ commentId }) => commentId),
    ).toEqual([waiting, edited].map(({ id }) => commentKeyOf(id)));
    const holds = await service().app.db.query('SELECT FROM comment_hold WHERE article_id = $1', [
      article.articleId,
    ]);
    expect(holds).toEqual([]);
  });

  it('is the same comment for a repeated key, whatever the phases would say by then', async () => {
    await setSettings(service(), { isPremoderated: true }, editor);
    const input = { articleId: article.id, body: 'Twice.', idempotencyKey: randomUUID() };
    const first = await service().addComment(author, input);
    await addWords(service(), [{ text: 'twice', action: 'REFUSE' }], moderator);
    expect((await service().addComment(author, input)).comment?.id).toBe(first.comment?.id);
  });
});
