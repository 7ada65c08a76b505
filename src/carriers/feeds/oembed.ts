import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../platform/errors/errors.ts';
import { fillRoute, oembedPath, pageRoutes } from '../../platform/http/paths.ts';
import { refusalBody } from '../../platform/http/refusals.ts';
import { isolated } from '../../platform/text/direction.ts';
import { siteName } from '../../platform/text/site-name.ts';
import { isSlug } from '../../platform/text/slug.ts';
import { type Embedded, embedHtml } from './embed-html.ts';
import { embeddedArticleOperation, embeddedCommentOperation } from './oembed-operations.ts';
import { dataOf, type FeedsOptions, sendPublic } from './public-answer.ts';
import { type ShownAuthor, shownAuthor } from './shown-author.ts';

/** The size of what is shown, in pixels, where the other site allows it. */
const [fullWidth, fullHeight] = [600, 240];

/** What an answer says, but for its size. */
interface Answer {
  readonly embedded: Embedded;
  readonly author: ShownAuthor;
}

/** What an address of this site leads to. */
type Target = { readonly slug: string; readonly commentId?: string | undefined };

/**
 * Registers oEmbed 1.0 (oembed.com) for the permalinks of articles and comments. An article that is not public is
 * answered as one that never was, and not with 401, which would say that there is one.
 */
export function serveOembed(app: FastifyInstance, options: FeedsOptions): void {
  app.get<{ Querystring: Record<string, unknown> }>(oembedPath, async (request, reply) => {
    const { url, format = 'json', maxwidth, maxheight } = request.query;
    if (typeof url !== 'string') throw new RequestError('BAD_REQUEST', '`url` takes one address.');
    if (format !== 'json') return refuseFormat(reply);
    const width = sizeWithin(fullWidth, maxwidth, 'maxwidth');
    const height = sizeWithin(fullHeight, maxheight, 'maxheight');
    const target = targetOf(url, options.siteUrl());
    const answer = target && (await read(target, options, request));
    if (!answer)
      throw new RequestError(
        'NOT_FOUND',
        '`url` is not the address of an article or a comment of this site.',
      );
    const text = `${JSON.stringify({ ...membersOf(answer, options), width, height })}\n`;
    return sendPublic(request, reply, { text, type: 'application/json' }, options.publicCacheSeconds);
  });
}

function refuseFormat(reply: FastifyReply): FastifyReply {
  return reply.code(501).send(refusalBody('BAD_REQUEST', '`format` takes `json` only.'));
}

/** @throws RequestError BAD_REQUEST */
function sizeWithin(full: number, max: unknown, name: string): number {
  if (max === undefined) return full;
  if (typeof max !== 'string' || !/^[1-9]\d{0,8}$/.test(max))
    throw new RequestError('BAD_REQUEST', `\`${name}\` takes a number of pixels.`);
  return Math.min(full, Number(max));
}

/** The article, or the comment, whose permalink or whose page is at an address; undefined: there is none. */
function targetOf(text: string, siteUrl: string): Target | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username + url.password !== '') return undefined;
  const prefix = new URL(siteUrl + fillRoute(pageRoutes.article, { slug: '' }));
  if (url.host !== prefix.host || !url.pathname.startsWith(prefix.pathname)) return undefined;
  const [slug, comments, inPath, ...more] = url.pathname
    .slice(prefix.pathname.length)
    .replace(/\/$/, '')
    .split('/');
  if (!isSlug(slug) || more.length > 0) return undefined;
  if (comments === undefined) return { slug, commentId: /^#comment-([\w-]{1,200})$/.exec(url.hash)?.[1] };
  return comments === 'comments' && inPath !== undefined && /^[\w-]{1,200}$/.test(inPath)
    ? { slug, commentId: inPath }
    : undefined;
}

/** @returns undefined: there is nothing public at the address */
function read(
  { slug, commentId }: Target,
  { reader }: FeedsOptions,
  request: FastifyRequest,
): Promise<Answer | undefined> {
  return commentId === undefined ? readArticle() : readComment(commentId);

  async function readArticle(): Promise<Answer | undefined> {
    const { article } = await dataOf(reader, embeddedArticleOperation, { slug }, request);
    if (!article) return undefined;
    const { permalink, title, standfirst, commentCount, author } = article;
    const link = commentCount === 1 ? '1 comment' : `${commentCount} comments`;
    return {
      embedded: {
        title,
        text: standfirst,
        author: author.name,
        address: permalink,
        link: `${siteName}, ${link}`,
      },
      author: { name: author.name, page: author.permalink },
    };
  }

  async function readComment(id: string): Promise<Answer | undefined> {
    const { comment } = await dataOf(reader, embeddedCommentOperation, { id }, request);
    if (comment?.status !== 'PUBLISHED' || comment.article.slug !== slug) return undefined;
    const { permalink, bodyText, article } = comment;
    const author = shownAuthor(comment.author);
    const title = `${isolated(author.name)} on “${isolated(article.title)}”`;
    return {
      embedded: { title, text: bodyText, author: null, address: permalink, link: siteName },
      author,
    };
  }
}

function membersOf({ embedded, author }: Answer, { siteUrl, publicCacheSeconds }: FeedsOptions) {
  return {
    version: '1.0',
    type: 'rich',
    title: embedded.title,
    author_name: author.name,
    author_url: author.page ?? undefined,
    provider_name: siteName,
    provider_url: siteUrl() + pageRoutes.front,
    cache_age: publicCacheSeconds,
    html: embedHtml(embedded),
  };
}
