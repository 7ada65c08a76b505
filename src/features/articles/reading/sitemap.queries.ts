import type { Queryable } from '../../../platform/db/database.ts';
import { fillRoute, pageRoutes } from '../../../platform/http/paths.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';

/*
 * Lists of all public pages, for sitemaps. A part of a list is a range of keys: it never holds more pages than the range
 * has keys, a page stays in its part for good, and no part has to be counted to find another one.
 */

/** A part of a list that has at least one page. */
export interface SitemapPart {
  /** Counted from 1. */
  readonly part: number;
  /** Changes with every change of what the part holds. */
  readonly digest: string;
  /** The time of the last change of one of the pages; null: it is known of none. */
  readonly lastModified: Date | null;
}

/** A public page. */
export interface SitemapPage {
  readonly key: string;
  /** The page's address without that of the site. */
  readonly path: string;
  /** Null: not known. */
  readonly lastModified: Date | null;
}

interface Row {
  readonly key: string;
  readonly name: string;
  readonly lastModified: Date | null;
}

/** What a list is made of. `from`, `where` and the columns are SQL. */
interface ListOptions {
  readonly name: string;
  readonly from: string;
  readonly where: string;
  readonly key: string;
  readonly title: string;
  readonly lastModified: string;
  /** The path of a page by its name; undefined: the page is not shown under that name. */
  readonly pathOf: (name: string) => string | undefined;
}

/** One kind of pages, in the order of their keys. */
export class SitemapList {
  readonly name: string;
  readonly #options: ListOptions;

  constructor(options: ListOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /**
   * Selects the parts of the list, or one of them.
   * @param size the keys of one part
   * @param part undefined: all of them
   */
  selectParts(db: Queryable, size: number, part?: number): Promise<SitemapPart[]> {
    const { from, where, key, title, lastModified } = this.#options;
    const range = part === undefined ? '' : ` AND ${key} > $2::bigint AND ${key} <= $3::bigint`;
    const values = part === undefined ? [size] : [size, ...rangeOf(size, part)];
    return db.query<SitemapPart>(
      `SELECT ((${key} - 1) / $1::bigint + 1)::int AS part, max(${lastModified}) AS "lastModified",
  sum(hashtextextended(${title}, coalesce(extract(epoch FROM ${lastModified}) * 1000000, 0)::bigint))::text AS digest
FROM ${from} WHERE ${where}${range} GROUP BY 1 ORDER BY 1`,
      values,
    );
  }

  /** Selects the next pages of one part. @param after the key of the last page before them; undefined: the first ones */
  async selectPages(
    db: Queryable,
    { size, part, after, limit }: { size: number; part: number; after: string | undefined; limit: number },
  ): Promise<{ readonly pages: readonly SitemapPage[]; readonly next: string | undefined }> {
    const { from, where, key, title, lastModified, pathOf } = this.#options;
    const [first, last] = rangeOf(size, part);
    const rows = await db.query<Row>(
      `SELECT ${key}::text AS key, ${title} AS name, ${lastModified} AS "lastModified"
FROM ${from} WHERE ${where} AND ${key} > $1::bigint AND ${key} <= $2::bigint ORDER BY ${key} LIMIT $3`,
      [after ?? first, last, limit],
    );
    const pages = rows.flatMap(({ name, ...row }) => {
      const path = pathOf(name);
      return path === undefined ? [] : [{ key: row.key, lastModified: row.lastModified, path }];
    });
    return { pages, next: rows.length < limit ? undefined : rows.at(-1)?.key };
  }
}

/** The key before the first one of a part, and the part's last key. */
const rangeOf = (size: number, part: number): [string, string] => [
  (BigInt(part - 1) * BigInt(size)).toString(),
  (BigInt(part) * BigInt(size)).toString(),
];

/** Of a journalist and of a tag nothing says when the page has changed last: what it lists may have been taken back. */
const unknownTime = 'NULL::timestamptz';

const published = `a.status = 'PUBLISHED'`;

/** All kinds of pages that are public. */
export const sitemapLists: readonly SitemapList[] = [
  new SitemapList({
    name: 'articles',
    from: 'article a',
    where: published,
    key: 'a.id',
    title: 'a.slug',
    lastModified: 'a.updated_at',
    pathOf: (slug) => fillRoute(pageRoutes.article, { slug }),
  }),
  new SitemapList({
    name: 'journalists',
    from: 'journalist j',
    where: `EXISTS (SELECT FROM article a WHERE a.journalist_id = j.id AND ${published})`,
    key: 'j.id',
    title: 'j.slug',
    lastModified: unknownTime,
    pathOf: (slug) => fillRoute(pageRoutes.journalist, { slug }),
  }),
  new SitemapList({
    name: 'tags',
    from: 'tag t',
    where: `EXISTS (SELECT FROM article_tag u JOIN article a ON a.id = u.article_id WHERE u.tag_id = t.id AND ${published})`,
    key: 't.id',
    title: 't.name',
    lastModified: unknownTime,
    // A name that is an e-mail address is masked in everything public.
    pathOf: (name) => (maskAddresses(name) === name ? fillRoute(pageRoutes.tag, { name }) : undefined),
  }),
];
