import type { Database } from '../../../platform/db/database.ts';
import { maxEntries } from '../document.ts';
import type { ImportService } from '../import.service.ts';
import { selectWholeJournalistBySlug } from '../journalist-import.queries.ts';
import { selectSecret } from '../author-import.queries.ts';
import { type Arranged, arrange } from './arrange.ts';
import { ArticleFinder, type ArticleFinderOptions } from './article-map.ts';
import { Collection } from './collection.ts';
import { readCoral } from './coral.ts';
import { readDisqus } from './disqus.ts';
import type { Group } from './groups.ts';
import type { Byline } from './made-article.ts';
import { collectGarbage } from './memory.ts';
import { SourceRefusal } from './source-faults.ts';
import type { Reader, SourceName, SourceThread } from './source.ts';
import type { Texts } from './texts.ts';
import { readWordPress } from './wordpress.ts';
import { type ArticleReport, writeGroups } from './write-groups.ts';

/*
 * An export is read once, to its end: what is found is converted, checked and kept in a temporary file. Then all threads are
 * arranged once, so that nothing is written of an export in which anything is wrong. Then the articles are imported: short ones together in one
 * transaction, because each transaction takes as many statements for one comment as for a thousand; long ones by themselves.
 * Memory holds the threads, the ids of all comments, the comments of two transactions, and some megabytes of texts.
 */

const readers: Readonly<Record<SourceName, Reader>> = {
  disqus: readDisqus,
  wordpress: readWordPress,
  coral: readCoral,
};

export interface SourceImportOptions extends Omit<ArticleFinderOptions, 'db'> {
  readonly db: Database;
  readonly service: ImportService;
  readonly texts: Texts;
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

/** Characters of an article's text that take as long as a comment. */
const textOfComment = 1000;

/** Comments after which memory is looked at. */
const collectEvery = 1000;

/** Imports an export of another system. */
export class SourceImport {
  constructor(private readonly options: SourceImportOptions) {}

  /**
   * @param onArticle called for each article as soon as it is done
   * @throws SourceRefusal for an export in which something is wrong: nothing was written
   */
  async run(
    source: SourceName,
    file: string,
    onArticle: (report: ArticleReport) => Promise<void>,
  ): Promise<SourceReport> {
    const { db, progress, texts } = this.options;
    const byline = await this.#requireByline();
    const secret = await selectSecret(db);
    const collection = new Collection({
      source,
      secret,
      now: new Date(),
      texts,
      progress: (read) => {
        if (read % collectEvery === 0) collectGarbage();
        progress.read(read);
      },
    });
    try {
      await readers[source](file, collection);
      await collection.end();
      this.#requireThreads(collection);
      const { groups, unknown } = await this.#group(collection, byline);
      const { orphans, lifted } = this.#check(source, collection, groups);
      await writeGroups(
        {
          groups,
          comments: collection.comments,
          texts,
          arrange: (group) => this.#arrange(source, collection, group.threadIds),
          service: this.options.service,
          progress: progress.written,
        },
        onArticle,
      );
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
    const arranged = arrange(collection, threadIds, { source, maxDepth: this.options.maxDepth });
    collectGarbage();
    return arranged;
  }

  async #requireByline(): Promise<Byline | undefined> {
    const { db, createUnder } = this.options;
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
    const finder = new ArticleFinder(this.options);
    await finder.checkMap(threads, collection);
    collection.requireFaultless();
    const found = await finder.find([...threads.values()]);
    const groups = new Map<string, Group>();
    const unknown: { thread: SourceThread; comments: number }[] = [];
    for (const thread of threads.values()) {
      const count = comments.countOf(thread.id);
      const isArticle = byline !== undefined && thread.html !== undefined;
      if (count === 0 && !isArticle) continue;
      const article = found.get(thread);
      const slug = article?.slug;
      const canBeMade = byline !== undefined && /^https?:\/\//i.test(thread.url) && URL.canParse(thread.url);
      if (slug === undefined && !canBeMade) {
        unknown.push({ thread, comments: count });
        continue;
      }
      const name = slug ?? pageOf(thread.url);
      const group = groups.get(name);
      if (group) {
        group.threadIds.push(thread.id);
        group.comments += count;
        continue;
      }
      const extent = article?.listed ?? (thread.html?.length ?? 0) / textOfComment;
      const rest = { threadIds: [thread.id], comments: count, extent };
      if (slug !== undefined) groups.set(name, { target: { slug }, ...rest });
      else if (byline) groups.set(name, { target: { thread, byline }, ...rest });
    }
    return { groups: [...groups.values()], unknown };
  }
}

/** What identifies the page at an address: as for `articleByUrl`, neither its fragment nor a slash at the end of its path. */
function pageOf(address: string): string {
  const url = new URL(address);
  return `${url.host}${url.pathname.replace(/\/$/, '')}${url.search}`;
}
