/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useApp } from '../support/app.ts';
import { write } from '../support/articles.ts';
import { done } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { useReceivers } from '../support/receiver.ts';
import { addServiceAccount } from '../support/tokens.ts';

const app = useApp({
  SITE_LOG_POLL_MS: '100',
  WEBHOOK_POLL_MS: '100',
  WEBHOOK_PRIVATE_NETWORKS: 'on',
  MODERATION_HOOK_PRIVATE_NETWORKS: 'on',
});
const newReceiver = useReceivers();

/** A block of a page of the documents, by its first line. */
async function blockOf(page: string, begin: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../docs', page), 'utf8');
  const [, block] = new RegExp(`\`\`\`graphql\n(${begin}.*?)\`\`\``, 's').exec(text) ?? [];
  if (block === undefined) throw new Error(`${page} has no ${begin}`);
  return block;
}

it('the endpoint of docs/webhooks.md keeps an index right, by its table', async () => {
  const [mutation, oneArticle] = await Promise.all([
    blockOf('webhooks.md', 'mutation AddWebhook'),
    blockOf('integrators.md', 'query OneArticle'),
  ]);
  const administrator = await app().signUp('Root Example', 'ADMINISTRATOR');
  const { id: serviceAccountId } = await addServiceAccount(app(), administrator, { name: 'Indexer' });
  const endpoint = await newReceiver();
  const own = mutation.replace('https://search.example.org/hooks/standfirst', endpoint.url);
  const { createWebhook } = await app().data(own, { serviceAccountId }, administrator.token);
  expect(createWebhook.userErrors).toEqual([]);

  /** Texts by article, and by article and comment. */
  let index = new Map<string, string>();
  const put = (key: string, text: string | null): unknown =>
    text === null ? index.delete(key) : index.set(key, text);
  const dropArticle = (articleId: string): void => {
    index = new Map([...index].filter(([key]) => !key.startsWith(articleId)));
  };
  const load = async (articleId: string): Promise<void> => {
    const { node } = await app().data(oneArticle, { id: articleId });
    if (!node) return;
    put(articleId, `${node.title}: ${node.bodyText}`);
    for (const { id, bodyText } of node.allComments.nodes) put(`${articleId} ${id}`, bodyText);
  };
  let position = 0;
  const apply = async ({ siteEvents }: any): Promise<void> => {
    const { articleId, publishesArticle, event } = siteEvents;
    expect(siteEvents.position).toBeGreaterThan(position);
    position = siteEvents.position;
    if (!event || event.__typename === 'ArticleUnpublished') dropArticle(articleId);
    else if (publishesArticle) await load(articleId);
    else if (event.article) put(articleId, `${event.article.title}: ${event.article.bodyText}`);
    else if (event.vanishedCommentId) put(`${articleId} ${event.vanishedCommentId}`, null);
    else put(`${articleId} ${event.comment.id}`, event.comment.bodyText);
  };
  let applied = Promise.resolve();
  endpoint.answer = ({ message }, response) => {
    applied = applied.then(() => apply(message.data));
    void applied.then(
      () => response.writeHead(204).end(),
      () => response.writeHead(500).end(),
    );
  };
  const holds = (expected: Record<string, string>): Promise<unknown> =>
    eventually(
      () => `the index: ${JSON.stringify([...index])}`,
      () => JSON.stringify([...index].sort()) === JSON.stringify(Object.entries(expected).sort()),
    );

  const [ada, reader, moderator] = [
    await app().signUp('Ada Example', 'JOURNALIST'),
    await app().signUp('Bo Example'),
    await app().signUp('Mo Example', 'MODERATOR'),
  ];
  const { id } = await write(app(), 'createArticle', { title: 'A ferry', body: 'It sails.' }, ada);
  await write(app(), 'publishArticle', { articleId: id }, ada);
  const add = async (body: string, parentId?: string): Promise<string> => {
    const { comment } = await app().addComment(reader, {
      articleId: id,
      body,
      ...(parentId && { parentId }),
    });
    return `${id} ${comment!.id}`;
  };
  const idOf = (key: string): { commentId: string } => ({ commentId: key.split(' ')[1]! });
  const [edited, vanished, parent] = [await add('First'), await add('Second'), await add('Third')];
  const reply = await add('Reply', idOf(parent).commentId);
  const texts = { [edited]: 'First', [vanished]: 'Second', [parent]: 'Third', [reply]: 'Reply' };
  await holds({ [id]: 'A ferry: It sails.', ...texts });

  await write(app(), 'updateArticle', { articleId: id, title: 'A boat' }, ada);
  await done(app(), 'editComment', { ...idOf(edited), body: 'Premier' }, reader);
  await done(app(), 'removeComment', idOf(vanished), reader);
  await done(app(), 'removeComment', idOf(parent), moderator);
  await holds({ [id]: 'A boat: It sails.', [edited]: 'Premier', [reply]: 'Reply' });

  await done(app(), 'restoreComment', idOf(parent), moderator);
  const last = { [id]: 'A boat: It sails.', [edited]: 'Premier', [parent]: 'Third', [reply]: 'Reply' };
  await holds(last);

  await write(app(), 'unpublishArticle', { articleId: id }, ada);
  await holds({});
  await write(app(), 'publishArticle', { articleId: id }, ada);
  await holds(last);
});
