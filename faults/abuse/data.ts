import type { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import { insertComments, insertSharedTexts } from '../../harness/data/data.queries.ts';
import type { MadeComment } from '../../harness/data/thread.ts';
import type { SignedIn } from '../../harness/sessions.ts';
import { ordinalOf, pathElement } from '../../src/platform/db/ordinal.ts';
import { renderMarkdown } from '../../src/platform/text/markdown.ts';
import { globalId } from '../clients/api.ts';
import type { Targets } from './attack.ts';
import {
  insertAdditions,
  insertAttackedArticles,
  insertSignatures,
  nextCommentIds,
  updateRoles,
} from './data.queries.ts';

/** Above the keys of the articles that the writers use. */
const [large, deep, empty, signed, busy] = [101, 102, 103, 104, 105];
const commentCount = 101;
const since = Date.parse('2024-06-01T08:00:00Z');

/** The comments of one article: siblings, or each a reply to the one before. */
function grow(articleId: number, ids: readonly number[], accountId: number, isDeep: boolean): MadeComment[] {
  const made: MadeComment[] = [];
  for (const [index, id] of ids.entries()) {
    const at = new Date(since + 1000 * index);
    const ordinal = ordinalOf(at, 0);
    const parent = isDeep ? made[index - 1] : undefined;
    const comment: MadeComment = {
      articleId,
      id,
      parent,
      root: parent && (parent.root ?? parent),
      depth: parent ? parent.depth + 1 : 0,
      at,
      ordinal,
      path: Buffer.concat([parent?.path ?? Buffer.alloc(0), pathElement(ordinal, !parent)]),
      accountId,
      text: isDeep ? 1 : 0,
      replies: isDeep && index < ids.length - 1 ? 1 : 0,
      descendants: isDeep && index === 0 ? ids.length - 1 : 0,
    };
    made.push(comment);
  }
  return made;
}

const rendered = (markdown: string) => ({ markdown, ...renderMarkdown(markdown, 'comment') });

async function insertAll(client: Client, accountId: number): Promise<number> {
  // Each character of the large text takes five in HTML.
  const texts = [rendered('&'.repeat(9999)), rendered('So it goes on.')];
  await insertSharedTexts(client, texts);
  await insertAttackedArticles(client, [large, deep, empty, signed, busy], {
    markdown: '&',
    html: `<p>${'&amp;'.repeat(199_000)}</p>`,
    text: '&'.repeat(199_000),
  });
  const ids = await nextCommentIds(client, 2 * commentCount + 1);
  await insertComments(client, [
    ...grow(large, ids.slice(0, commentCount), accountId, false),
    ...grow(deep, ids.slice(commentCount, 2 * commentCount), accountId, true),
    ...grow(busy, ids.slice(-1), accountId, false),
  ]);
  await insertSignatures(client, signed, 1000);
  await client.query('DROP TABLE shared_text');
  await client.query(
    `INSERT INTO article_counter (article_id, comment_count, listed_count, listed_root_count)
     SELECT a.id, count(c), count(c), count(c) FILTER (WHERE c.depth = 0)
     FROM article a LEFT JOIN comment c ON c.article_id = a.id WHERE a.id >= $1 GROUP BY a.id`,
    [large],
  );
  await insertAdditions(client, large);
  await client.query('ANALYZE');
  return ids.at(-1) ?? 0;
}

/**
 * Inserts the targets of the attacks into a site's database.
 * @param people accounts that nothing else uses: one that becomes a journalist, then two readers
 */
export async function makeTargets(
  options: Pick<Targets, 'url' | 'databaseUrl' | 'form' | 'leeway'>,
  people: readonly SignedIn[],
): Promise<Targets> {
  const [journalist, ...readers] = people;
  if (!journalist) throw new Error('There are no accounts for the attack');
  const busyComment = await onConnection(options.databaseUrl, async (client) => {
    await updateRoles(client, journalist.accountId, ['READER', 'JOURNALIST']);
    return insertAll(client, Number(journalist.accountId));
  });
  const articleId = (key: number): string => globalId('Article', String(key));
  return {
    ...options,
    largeArticle: articleId(large),
    deepArticle: articleId(deep),
    emptyArticle: articleId(empty),
    signedArticle: articleId(signed),
    busyArticle: articleId(busy),
    busyComment: String(busyComment),
    readers: readers.map(({ token }) => token),
    journalist: journalist.token,
  };
}
