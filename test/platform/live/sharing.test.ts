import { afterEach, describe, expect, it } from '@jest/globals';
import type { Role } from '../../../src/platform/auth/viewer.ts';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveEvent, Subscription } from '../../support/live.ts';
import { recordStatements } from '../../support/statements.ts';

/** Selection of a page that shows a comment, with all fields that depend on the viewer. */
const pageFragment = `fragment Shown on Comment {
  id status bodyHtml bodyText createdAt replyCount descendantCount author { id name avatarUrl }
  parent { id bodyText replyCount } article { id commentCount viewerCanComment }
  reactions { kind count }
  viewerReactions viewerHasReported viewerCanReact viewerCanReport viewerCanReply viewerCanEdit viewerCanRemove viewerEditableUntil viewerBodyMarkdown
}`;
const pageEvents = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor
    ... on CommentEvent { comment { ...Shown } }
    ... on EndorsementEvent { article { endorsementCount viewerEndorsement { displayName } viewerCanEndorse } }
    ... on ArticleUpdated { article { title viewerCanEdit } }
  }
}
${pageFragment}`;

const edit = `mutation ($input: EditCommentInput!) { editComment(input: $input) { userErrors { code } } }`;
const react = `mutation ($input: ReactInput!) { react(input: $input) { userErrors { code } } }`;
const remove = `mutation ($input: RemoveCommentInput!) { removeComment(input: $input) { userErrors { code } } }`;

describe('renderings of events', () => {
  const service = useApp({ EDIT_WINDOW_SECONDS: '3600' });

  afterEach(async () => {
    await service().live.close();
    await eventually('every feed to be released', () => service().app.hub.size.streams === 0);
  });

  function listen(app: TestApp, articleId: string, user?: TestUser, after?: string): Subscription {
    const client = app.live.client(user ? { token: user.token } : {});
    return app.live.subscribe(pageEvents, { articleId, after }, client);
  }

  async function signUp(app: TestApp, ...roles: Role[]): Promise<TestUser> {
    return app.signUp('Ada Example', ...roles);
  }

  const last = (subscription: Subscription): LiveEvent => subscription.events.at(-1) as LiveEvent;

  it('are made once for all viewers with the same rights, and separately for viewers with a part in the comment', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await signUp(app);
    const reader = await signUp(app);
    const moderator = await signUp(app, 'MODERATOR');
    const { comment } = await app.addComment(author, { articleId: article.id, body: 'First' });
    await app.data(react, { input: { commentId: comment?.id, kind: 'LIKE' } }, reader.token);

    const many = 20;
    const nobody = Array.from({ length: many }, () => listen(app, article.id));
    const readers = await Promise.all(Array.from({ length: many }, () => signUp(app)));
    const others = readers.map((user) => listen(app, article.id, user));
    const own = [listen(app, article.id, author), listen(app, article.id, author)];
    const reacted = listen(app, article.id, reader);
    const moderating = listen(app, article.id, moderator);
    const all = [...nobody, ...others, ...own, reacted, moderating];
    await Promise.all(all.map((each) => each.waitFor(1, 'ArticleCheckpoint')));
    expect(app.app.hub.size).toEqual({ articles: 1, streams: all.length, groups: 3 });

    const recorded = recordStatements();
    try {
      await app.data(
        edit,
        { input: { commentId: comment?.id, body: 'Second', expectedRevision: comment?.revision } },
        author.token,
      );
      await Promise.all(all.map((each) => each.waitFor(1, 'CommentEdited')));
    } finally {
      recorded.stop();
    }
    // Three groups and two accounts with renderings of their own: at most four reads, not one for each of 44
    // subscriptions.
    const reads = recorded.statements.filter(
      (text) => text.includes('FROM comment_reaction') || text.includes('JOIN comment_reaction'),
    );
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThanOrEqual(4);
    // Data that is equal for all viewers is read once for them all, and once for the response, which may be earlier. On a busy
    // machine groups that are rendered in different turns read for themselves: never more than once for each group.
    const comments = recorded.statements.filter((text) => /"bodyHtml"[^]*comment_counter k/.test(text));
    expect(comments.length).toBeGreaterThan(0);
    expect(comments.length).toBeLessThanOrEqual(4);

    const shown = (subscription: Subscription) => last(subscription).comment;
    const same = { bodyText: 'Second', author: { name: 'Ada Example' } };
    for (const each of nobody)
      expect(shown(each)).toMatchObject({
        ...same,
        viewerCanReply: false,
        viewerCanEdit: false,
        viewerReactions: [],
      });
    for (const each of others)
      expect(shown(each)).toMatchObject({
        ...same,
        viewerCanReply: true,
        viewerCanReact: true,
        viewerCanEdit: false,
        viewerCanRemove: false,
        viewerBodyMarkdown: null,
        viewerReactions: [],
      });
    for (const each of own)
      expect(shown(each)).toMatchObject({
        ...same,
        viewerCanEdit: true,
        viewerCanRemove: true,
        viewerBodyMarkdown: 'Second',
        viewerReactions: [],
      });
    expect(shown(reacted)).toMatchObject({ ...same, viewerCanEdit: false, viewerReactions: ['LIKE'] });
    expect(shown(moderating)).toMatchObject({ ...same, viewerCanEdit: false, viewerCanRemove: true });
  });

  it('differ between viewers who have endorsed the article and others', async () => {
    const app = service();
    const article = await app.addArticle();
    const endorser = await signUp(app);
    const reader = await signUp(app);
    const listeners = [endorser, reader].map((user) => listen(app, article.id, user));
    await Promise.all(listeners.map((each) => each.waitFor(1, 'ArticleCheckpoint')));
    await app.data(
      `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
      { input: { articleId: article.id, idempotencyKey: crypto.randomUUID() } },
      endorser.token,
    );
    await Promise.all(listeners.map((each) => each.waitFor(1, 'EndorsementAdded')));
    expect(listeners.map((each) => last(each).article)).toEqual([
      { endorsementCount: 1, viewerEndorsement: { displayName: 'Ada Example' }, viewerCanEndorse: false },
      { endorsementCount: 1, viewerEndorsement: null, viewerCanEndorse: true },
    ]);
  });

  it('say only to whoever has reported a comment that they have', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await signUp(app);
    const reporter = await signUp(app);
    const { comment } = await app.addComment(author, { articleId: article.id, body: 'First' });
    await app.data(
      'mutation ($input: ReportCommentInput!) { reportComment(input: $input) { userErrors { code } } }',
      { input: { commentId: comment?.id, reason: 'SPAM' } },
      reporter.token,
    );
    const listeners = [reporter, await signUp(app), await signUp(app), author].map((user) =>
      listen(app, article.id, user),
    );
    await Promise.all(listeners.map((each) => each.waitFor(1, 'ArticleCheckpoint')));
    await app.data(edit, { input: { commentId: comment?.id, body: 'Second' } }, author.token);
    await Promise.all(listeners.map((each) => each.waitFor(1, 'CommentEdited')));
    expect(listeners.map((each) => last(each).comment)).toMatchObject([
      { viewerHasReported: true, viewerCanReport: true },
      { viewerHasReported: false, viewerCanReport: true },
      { viewerHasReported: false, viewerCanReport: true },
      { viewerHasReported: false, viewerCanReport: false },
    ]);
  });

  it('do not show a comment that was removed after they were kept', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await signUp(app);
    const { article: page } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { liveCursor } }',
      {
        slug: article.slug,
      },
    );
    const parent = await app.addComment(author, { articleId: article.id, body: 'A secret' });
    await app.addComment(author, {
      articleId: article.id,
      parentId: parent.comment?.id ?? '',
      body: 'A reply',
    });
    // This subscription keeps the feed and its renderings in memory.
    const witness = listen(app, article.id, undefined, page.liveCursor);
    await witness.waitFor(1, 'ArticleCheckpoint');
    expect(JSON.stringify(witness.events)).toContain('A secret');

    await app.data(remove, { input: { commentId: parent.comment?.id } }, author.token);
    await witness.waitFor(1, 'CommentRemoved');
    const late = listen(app, article.id, undefined, page.liveCursor);
    await late.waitFor(1, 'ArticleCheckpoint');
    expect(late.events.map(({ __typename }) => __typename)).toEqual([
      'CommentAdded',
      'CommentAdded',
      'CommentRemoved',
      'ArticleCheckpoint',
    ]);
    expect(JSON.stringify(late.events)).not.toContain('A secret');
  });

  it('show the present reactions even if they were kept', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await signUp(app);
    const { article: page } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { liveCursor } }',
      {
        slug: article.slug,
      },
    );
    const { comment } = await app.addComment(author, { articleId: article.id, body: 'Liked' });
    const witness = listen(app, article.id, undefined, page.liveCursor);
    await witness.waitFor(1, 'ArticleCheckpoint');
    await app.data(react, { input: { commentId: comment?.id, kind: 'LIKE' } }, author.token);
    await witness.waitFor(1, 'CommentReactionsChanged');
    const late = listen(app, article.id, undefined, page.liveCursor);
    await late.waitFor(1, 'ArticleCheckpoint');
    const likes = late.events.slice(0, 2).map((event) => event.comment.reactions[0]);
    expect(likes).toEqual([
      { kind: 'LIKE', count: 1 },
      { kind: 'LIKE', count: 1 },
    ]);
  });
});
