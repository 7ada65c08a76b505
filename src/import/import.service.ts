import { replaceSignatures, replaceTags } from '../article/article-write.queries.ts';
import { ArticleCounterEntity, ArticleEntity, ArticleTextEntity } from '../article/article.entity.ts';
import { refreshArticleSearch, refreshSearchOfJournalist } from '../article/article-search.queries.ts';
import type { Tx } from '../db/database.ts';
import { renderMarkdown, markdownFromText } from '../text/markdown.ts';
import { normaliseText } from '../text/plain.ts';
import type { ImportDocument } from './document.ts';
import { ordinalsOf, type PlacedComment, placeComments } from './thread.ts';

const markdownOf = (body: string, format: 'markdown' | 'text'): string =>
  format === 'text' ? normaliseText(markdownFromText(body)) : body;

/**
 * Brings a new article in with its history. Its log begins behind that: nobody could have listened before.
 * @returns the article's id; undefined when there is an article with this slug already, which is left as it is
 */
export async function importArticle(
  tx: Tx,
  document: ImportDocument,
  options: { maxDepth: number },
): Promise<string | undefined> {
  const { article } = document;
  const journalistId = await upsertJournalist(tx, document.journalist);
  const [present] = await tx.query('SELECT FROM article WHERE slug = $1', [article.slug]);
  if (present) return undefined;
  const { identifiers } = await tx.manager.insert(ArticleEntity, {
    journalistId,
    slug: article.slug,
    title: article.title,
    standfirst: article.standfirst ?? null,
    status: 'PUBLISHED',
    publishedAt: article.publishedAt.at,
    publishedPrecision: article.publishedAt.precision,
    canonicalUrl: article.canonicalUrl ?? null,
  });
  const articleId = String(identifiers[0]?.id);
  const markdown = markdownOf(article.body, article.bodyFormat);
  const { html, text, addresses } = renderMarkdown(markdown, 'article');
  await tx.manager.insert(ArticleTextEntity, {
    articleId,
    bodyMarkdown: markdown,
    bodyHtml: html,
    bodyText: text,
    contactAddresses: [...addresses],
  });
  await replaceSignatures(tx, articleId, article.signatures);
  await replaceTags(tx, articleId, article.tags);
  await insertEndorsements(tx, articleId, document.endorsements);
  const placed = placeComments(
    document.comments,
    await nextCommentIds(tx, document.comments.length),
    options.maxDepth,
  );
  await insertComments(tx, articleId, placed);
  await tx.manager.insert(ArticleCounterEntity, {
    articleId,
    commentCount: placed.length,
    listedCount: placed.length,
    listedRootCount: placed.filter((comment) => comment.depth === 0).length,
    endorsementCount: document.endorsements.length,
  });
  await refreshArticleSearch(tx, [articleId]);
  return articleId;
}

async function upsertJournalist(tx: Tx, journalist: ImportDocument['journalist']): Promise<string> {
  const bio = journalist.bio == null ? undefined : renderMarkdown(journalist.bio, 'article');
  const [before] = await tx.query<{ name: string }>('SELECT name FROM journalist WHERE slug = $1', [
    journalist.slug,
  ]);
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO journalist (slug, name, location, photo_url, bio_markdown, bio_html, bio_text)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (slug) DO UPDATE SET name = excluded.name, location = excluded.location,
       photo_url = excluded.photo_url, bio_markdown = excluded.bio_markdown, bio_html = excluded.bio_html,
       bio_text = excluded.bio_text
     RETURNING id::text AS id`,
    [
      journalist.slug,
      journalist.name,
      journalist.location ?? null,
      journalist.photoUrl ?? null,
      journalist.bio ?? null,
      bio?.html ?? null,
      bio?.text ?? null,
    ],
  );
  if (!row) throw new Error('A journalist was not inserted');
  if (before && before.name !== journalist.name) await refreshSearchOfJournalist(tx, row.id);
  return row.id;
}

/** Rows in one statement: enough to be quick, few enough for a message of bounded size. */
const chunkSize = 1000;

function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += chunkSize) yield items.slice(start, start + chunkSize);
}

async function insertEndorsements(
  tx: Tx,
  articleId: string,
  endorsements: ImportDocument['endorsements'],
): Promise<void> {
  const ordinals = ordinalsOf(endorsements);
  const rows = endorsements.map((item, index) => ({ ...item, ordinal: String(ordinals[index]) }));
  for (const chunk of chunksOf(rows)) {
    await tx.query(
      `INSERT INTO endorsement (article_id, ordinal, display_name, affiliation, statement, listed, created_at,
         created_precision, import_key)
       SELECT $1, r.ordinal, r.display_name, r.affiliation, r.statement, true, r.created_at, r.precision, r.key
       FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[])
         AS r(ordinal, display_name, affiliation, statement, created_at, precision, key)`,
      [
        articleId,
        chunk.map((row) => row.ordinal),
        chunk.map((row) => row.displayName),
        chunk.map((row) => row.affiliation ?? null),
        chunk.map((row) => row.statement ?? null),
        chunk.map((row) => row.createdAt.at),
        chunk.map((row) => row.createdAt.precision),
        chunk.map((row) => row.key),
      ],
    );
  }
}

async function nextCommentIds(tx: Tx, count: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT nextval('comment_id_seq')::text AS id FROM generate_series(1, $1::int)`,
    [count],
  );
  return rows.map((row) => row.id);
}

async function insertComments(tx: Tx, articleId: string, placed: readonly PlacedComment[]): Promise<void> {
  for (const chunk of chunksOf(placed)) {
    const bodies = chunk.map(({ comment }) => {
      const markdown = markdownOf(comment.body, comment.bodyFormat);
      return { markdown, ...renderMarkdown(markdown, 'comment') };
    });
    await tx.query(
      `WITH added AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, ordinal, path, author_name, status, listed,
    body_markdown, body_html, body_text, created_at, created_precision, import_key)
  SELECT $1, r.id, r.parent_id, r.root_id, r.depth, r.ordinal, r.path, r.author_name, 'PUBLISHED', true,
    r.body_markdown, r.body_html, r.body_text, r.created_at, r.precision, r.key
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bytea[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::text[])
    AS r(id, parent_id, root_id, depth, ordinal, path, author_name, body_markdown, body_html, body_text, created_at,
      precision, key)
)
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed, reply_count, listed_reply_count,
  descendant_count, ever_replied)
SELECT $1, k.id, coalesce(k.parent_id, 0), k.ordinal, true, k.replies, k.replies, k.descendants, k.replies > 0
FROM unnest($2::bigint[], $3::bigint[], $6::bigint[], $15::int[], $16::int[])
  AS k(id, parent_id, ordinal, replies, descendants)`,
      [
        articleId,
        chunk.map((row) => row.id),
        chunk.map((row) => row.parentId),
        chunk.map((row) => row.rootId),
        chunk.map((row) => row.depth),
        chunk.map((row) => String(row.ordinal)),
        chunk.map((row) => row.path),
        chunk.map((row) => row.comment.authorName ?? null),
        bodies.map((body) => body.markdown),
        bodies.map((body) => body.html),
        bodies.map((body) => body.text),
        chunk.map((row) => row.comment.createdAt.at),
        chunk.map((row) => row.comment.createdAt.precision),
        chunk.map((row) => row.comment.key),
        chunk.map((row) => row.replyCount),
        chunk.map((row) => row.descendantCount),
      ],
    );
  }
}
