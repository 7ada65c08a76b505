import { readFileSync } from 'node:fs';
import type { Queryable } from '../../../platform/db/database.ts';
import { type ArticleIdentity, selectIdentitiesBySlug } from '../article-import.queries.ts';
import { findIdentitiesByPage, type OwnPages } from '../find-article.ts';
import { fileProblems } from '../read-document.ts';
import { SourceRefusal } from './source-faults.ts';
import type { Place, Sink, SourceThread } from './source.ts';

/** The largest file of a map, in bytes: it is in memory as a whole. */
const maxMapBytes = 64 * 1024 * 1024;

/** An article that a map names, and the line that does. */
export interface GivenArticle {
  /** A slug or an address. */
  readonly to: string;
  readonly place: Place;
}

/** Articles of threads by the threads' ids or addresses. */
export type GivenArticles = ReadonlyMap<string, GivenArticle>;

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const problem = fileProblems[(error as NodeJS.ErrnoException).code ?? ''];
    throw problem === undefined ? error : new SourceRefusal([`--map ${file}: ${problem}`]);
  }
}

/**
 * Reads a map: in each line the id or the address of a thread, a comma, a semicolon or a tab, and the slug or an address of an
 * article. Empty lines and lines that begin with `#` are left out.
 * @throws SourceRefusal
 */
export function readMap(file: string): GivenArticles {
  const text = readText(file);
  if (text.length > maxMapBytes) throw new SourceRefusal([`${file} is larger than ${maxMapBytes} bytes`]);
  const map = new Map<string, GivenArticle>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const place = { line: index + 1, file };
    const [from = '', to = '', ...more] = line.split(/[,;\t]/).map((part) => part.trim());
    if (from === '' || to === '' || more.length > 0)
      throw SourceRefusal.at(
        place,
        'takes the id or the address of a thread, a comma, and the slug or an address of an article',
      );
    const before = map.get(from);
    if (before)
      throw SourceRefusal.at(place, `the thread ${told(from)} is in line ${before.place.line} already`);
    map.set(from, { to, place });
  }
  return map;
}

/** The beginning of what a line of a map says. */
const told = (text: string): string => text.slice(0, 200);

export interface ArticleFinderOptions {
  readonly db: Queryable;
  readonly given: GivenArticles;
  readonly pages: Pick<OwnPages, 'slugOfArticle'>;
}

/** Finds the articles of threads: by the map, else by the address of the article's page here or of its first publication. */
export class ArticleFinder {
  constructor(private readonly options: ArticleFinderOptions) {}

  /** Notes the lines of the map whose thread is not in the export, or whose article is not here. */
  async checkMap(threads: ReadonlyMap<string, SourceThread>, sink: Pick<Sink, 'fault'>): Promise<void> {
    const { given } = this.options;
    if (given.size === 0) return;
    const urls = new Set<string>();
    for (const { url } of threads.values()) urls.add(url);
    const found = await this.#findGiven([...given.values()]);
    for (const [from, article] of given) {
      if (!threads.has(from) && !urls.has(from))
        sink.fault(article.place, `no thread of the export has this id or address: ${told(from)}`);
      else if (!found.has(article)) sink.fault(article.place, `there is no article ${told(article.to)}`);
    }
  }

  /** @returns the articles of the threads that have one */
  async find(threads: readonly SourceThread[]): Promise<ReadonlyMap<SourceThread, ArticleIdentity>> {
    const { given, db, pages } = this.options;
    const givenFor = ({ id, url }: SourceThread) => given.get(id) ?? given.get(url);
    const byMap = await this.#findGiven(threads.flatMap((thread) => givenFor(thread) ?? []));
    const others = threads.filter((thread) => !givenFor(thread));
    const byAddress = await findIdentitiesByPage(
      db,
      others.map(({ url }) => url),
      pages,
    );
    return new Map(
      threads.flatMap((thread): [SourceThread, ArticleIdentity][] => {
        const named = givenFor(thread);
        const article = named ? byMap.get(named) : byAddress.get(thread.url);
        return article ? [[thread, article]] : [];
      }),
    );
  }

  async #findGiven(named: readonly GivenArticle[]): Promise<ReadonlyMap<GivenArticle, ArticleIdentity>> {
    const { db, pages } = this.options;
    const [addresses, slugs] = [new Set<string>(), new Set<string>()];
    for (const { to } of named) (URL.canParse(to) ? addresses : slugs).add(to);
    const byAddress = await findIdentitiesByPage(db, [...addresses], pages);
    const bySlug = await selectIdentitiesBySlug(db, slugs);
    return new Map(
      named.flatMap((given): [GivenArticle, ArticleIdentity][] => {
        const article = byAddress.get(given.to) ?? bySlug.get(given.to);
        return article ? [[given, article]] : [];
      }),
    );
  }
}
