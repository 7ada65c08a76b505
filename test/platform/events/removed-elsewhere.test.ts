/** @database either */
import { expect, it } from '@jest/globals';
import { TestApp, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { EventStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';

const app = useApp();
const query = `subscription ($id: ID!, $after: EventCursor) { articleEvents(articleId: $id, after: $after) {
  __typename cursor ... on CommentEvent { comment { bodyText status } } } }`;

it('a replay has nothing of what another node has removed or edited, though this node was told of neither', async () => {
  // Nodes hear of each other's events by the poll alone, and it is far off.
  const other = await TestApp.start({ HEAD_POLL_MS: '60000' }, { database: app().database });
  const ada = await app().signUp('Ada Example');
  const { id: articleId, slug } = await app().addArticle();
  const { article } = await app().data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', {
    slug,
  });
  const posted: string[] = [];
  for (const body of ['Removed.', 'Edited.'])
    posted.push((await done(app(), 'addComment', { articleId, body }, ada)).comment.id);
  /** What a new stream on the other node has of the comments up to its first checkpoint. */
  async function replay() {
    const variables = { id: articleId, after: article.liveCursor };
    const stream = await EventStream.open(other.url, { query, variables });
    const isThere = () => stream.events.some(({ __typename }) => __typename === 'ArticleCheckpoint');
    await eventually('the first checkpoint', isThere);
    return { stream, texts: stream.events.slice(0, 2).map(({ comment }) => comment.bodyText) };
  }
  // Keeps the article watched, and its renderings in memory.
  const first = await replay();
  expect(first.texts).toEqual(['Removed.', 'Edited.']);
  await done(app(), 'removeComment', { commentId: posted[0] }, ada);
  await done(app(), 'editComment', { commentId: posted[1], body: 'Anew.' }, ada);
  const second = await replay();
  expect(second.texts).toEqual([null, 'Anew.']);
  for (const { stream } of [first, second]) stream.abort();
  await other.close();
});
