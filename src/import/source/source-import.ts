import type { Database } from '../../db/database.ts';
import { maxEntries } from '../document.ts';
import { ImportRefusal, maxFaultsTold } from '../faults.ts';
import type { ImportOutcome, ImportService } from '../import.service.ts';
import { selectWholeJournalistBySlug } from '../journalist-import.queries.ts';
import { selectSecret } from '../author-import.queries.ts';
import { type Arranged, arrange, threadInputOf } from './arrange.ts';
import { ArticleFinder, type ArticleFinderOptions } from './article-map.ts';
import { Collection } from './collection.ts';
import { readCoral } from './coral.ts';
import { readDisqus } from './disqus.ts';
import { type Byline, madeArticle } from './made-article.ts';
import { collectGarbage } from './memory.ts';
import { SourceRefusal } from './source-faults.ts';
import type { Reader, SourceName, SourceThread } from './source.ts';
import { readWordPress } from './wordpress.ts';

/*
 * An export is read once, to its end: what is found is checked and kept in a temporary file. Then all threads are arranged once,
 * so that nothing is written of an export in which anything is wrong. Then each article is imported in a transaction of its own.
 * Memory holds the threads, and one article's comments without their texts.
 */

const readers: Readonly<Record<SourceName, Reader>> = {
  disqus: readDisqus,
  wordpress: readWordPress,
  coral: readCoral,
};

export interface SourceImportOptions extends Omit<ArticleFinderOptions, 'db'> {
  readonly db: Database;
  readonly service: ImportService;
  readonly maxDepth: number;
  /** The slug of the byline under which articles are made for unknown threads; undefined: these are left out. */
  readonly createUnder: string | undefined;
  readonly progress: SourceProgress;
}

/** Receives the progress of an import. */
export interface SourceProgress {
  readonly read: (comments: number) => void;
  readonly written: (comments: number, total: number) => void;
}

/** An article and what became of its comments. */
export interface ArticleReport {
  /** The article's slug, or the address of its thread if it was to be made. */
  readonly name: string;
  readonly result: ImportOutcome | { readonly refused: readonly string[] };
}

/** What became of an export. */
export interface SourceReport {
  readonly comments: number;
  readonly skipped: ReadonlyMap<string, number>;
  /** Threads without an article, with the numbers of their comments. */
  readonly unknown: readonly { readonly thread: SourceThread; readonly comments: number }[];
  /** Numbers of replies that stand elsewhere than in the export. */
  readonly orphans: number;
  readonly lifted: number;
}

/** Threads of one article. */
interface Group {
  readonly target: { readonly slug: string } | { readonly thread: SourceThread; readonly byline: Byline };
  readonly threadIds: string[];
}

/** Comments after which memory is looked at. */
const collectEvery = 1000;

/** Imports an export of another system. */
export class SourceImport {
  readonly #options: SourceImportOptions;

  constructor(options: SourceImportOptions) {
    this.#options = options;
  }

  /**
   * @param onArticle called for each article as soon as it is done
   * @throws SourceRefusal for an export in which something is wrong: nothing was written
   */
  async run(
    source: SourceName,
    file: string,
    onArticle: (report: ArticleReport) => Promise<void>,
  ): Promise<SourceReport> {
    const { db, progress } = this.#options;
    const byline = await this.#requireByline();
    const secret = await selectSecret(db);
    const collection = new Collection({
      source,
      secret,
      now: new Date(),
      progress: (read) => {
        if (read % collectEvery === 0) collectGarbage();
        progress.read(read);
      },
    });
    try {
      await readers[source](file, collection);
      this.#requireThreads(collection);
      const { groups, unknown } = await this.#group(collection, byline);
      const { orphans, lifted } = this.#check(source, collection, groups);
      await this.#write(source, { collection, groups }, onArticle);
      return { comments: collection.count, skipped: collection.skipped, unknown, orphans, lifted };
    } finally {
      collection.comments.close();
    }
  }

  /**
   * Arranges everything once. A function of its own, because one that waits keeps what it had in its hands.
   * @throws SourceRefusal
   */
  #check(
    source: SourceName,
    collection: Collection,
    groups: readonly Group[],
  ): Pick<SourceReport, 'orphans' | 'lifted'> {
    let [orphans, lifted] = [0, 0];
    for (const { threadIds } of groups) {
      const arranged = this.#arrange(source, collection, threadIds);
      [orphans, lifted] = [orphans + arranged.orphans, lifted + arranged.lifted];
    }
    collection.requireFaultless();
    return { orphans, lifted };
  }

  #arrange(source: SourceName, collection: Collection, threadIds: readonly string[]): Arranged {
    collectGarbage();
    const arranged = arrange(collection, threadIds, { source, maxDepth: this.#options.maxDepth });
    collectGarbage();
    return arranged;
  }

  async #requireByline(): Promise<Byline | undefined> {
    const { db, createUnder } = this.#options;
    if (createUnder === undefined) return undefined;
    const journalist = await selectWholeJournalistBySlug(db, createUnder);
    if (!journalist) throw new SourceRefusal([`--create: there is no byline "${createUnder}"`]);
    return { slug: journalist.slug, name: journalist.name };
  }

  /** Comments of threads that the export does not have are faults, and so are threads with too many of them. */
  #requireThreads(collection: Collection): void {
    for (const id of collection.comments.lists) {
      const thread = collection.threads.get(id);
      const [first] = thread ? [] : collection.comments.headsOf(id);
      if (first)
        collection.fault(
          first.head.place,
          `belongs to a thread that is not in the export: ${id.slice(0, 80)}`,
        );
      if (thread && collection.comments.countOf(id) > maxEntries)
        collection.fault(thread.place, `the thread has more than ${maxEntries} comments`);
    }
    collection.requireFaultless();
  }

  /**
   * Assigns threads to articles; several may belong to one.
   * @throws SourceRefusal for a map that names what is not there
   */
  async #group(
    collection: Collection,
    byline: Byline | undefined,
  ): Promise<{ readonly groups: readonly Group[]; readonly unknown: SourceReport['unknown'] }> {
    const { threads, comments } = collection;
    const finder = new ArticleFinder(this.#options);
    await finder.checkMap(threads, collection);
    collection.requireFaultless();
    const groups = new Map<string, Group>();
    const unknown: { thread: SourceThread; comments: number }[] = [];
    for (const thread of threads.values()) {
      const count = comments.countOf(thread.id);
      const isArticle = byline !== undefined && thread.html !== undefined;
      if (count === 0 && !isArticle) continue;
      const slug = await finder.find(thread);
      const canBeMade = byline !== undefined && /^https?:\/\//i.test(thread.url) && URL.canParse(thread.url);
      if (slug === undefined && !canBeMade) {
        unknown.push({ thread, comments: count });
        continue;
      }
      const name = slug ?? pageOf(thread.url);
      const group = groups.get(name);
      if (group) group.threadIds.push(thread.id);
      else if (slug !== undefined) groups.set(name, { target: { slug }, threadIds: [thread.id] });
      else if (byline) groups.set(name, { target: { thread, byline }, threadIds: [thread.id] });
    }
    return { groups: [...groups.values()], unknown };
  }

  async #write(
    source: SourceName,
    { collection, groups }: { readonly collection: Collection; readonly groups: readonly Group[] },
    onArticle: (report: ArticleReport) => Promise<void>,
  ): Promise<void> {
    const { service, progress } = this.#options;
    const countOf = ({ threadIds }: Group) =>
      threadIds.reduce((sum, id) => sum + collection.comments.countOf(id), 0);
    const total = groups.reduce((sum, group) => sum + countOf(group), 0);
    let [done, sinceCollection] = [0, 0];
    for (const group of groups) {
      const arranged = this.#arrange(source, collection, group.threadIds);
      const { target } = group;
      const name = 'slug' in target ? target.slug : target.thread.url;
      try {
        const result = await service.importComments(
          'slug' in target ? target : { document: madeArticle(target.thread, target.byline) },
          threadInputOf(arranged, collection),
          (written) => {
            collectGarbage();
            progress.written(done + written, total);
          },
        );
        await onArticle({ name, result });
      } catch (error) {
        if (!(error instanceof ImportRefusal)) throw error;
        await onArticle({ name, result: { refused: refusalLines(error, arranged) } });
      }
      progress.written((done += countOf(group)), total);
      sinceCollection += countOf(group);
      if (sinceCollection < collectEvery) continue;
      sinceCollection = 0;
      collectGarbage();
    }
  }
}

/** What identifies the page at an address: as for `articleByUrl`, neither its fragment nor a slash at the end of its path. */
function pageOf(address: string): string {
  const url = new URL(address);
  return `${url.host}${url.pathname.replace(/\/$/, '')}${url.search}`;
}

/** The faults of an article, with the lines of its comments. */
function refusalLines({ faults }: ImportRefusal, arranged: Arranged): string[] {
  const lines = faults.slice(0, maxFaultsTold).map(({ path: [list, index], message }) => {
    const comment = list === 'comments' ? arranged.comments[Number(index)] : undefined;
    return comment ? `line ${arranged.lines[Number(index)]}: comment ${comment.key} ${message}` : message;
  });
  return faults.length > lines.length ? [...lines, `and ${faults.length - lines.length} more`] : lines;
}
