import { openSessions } from '../../harness/sessions.ts';
import { DatabaseCpu } from '../measure/database-cpu.ts';
import { type Comparison, measureRounds } from '../measure/rounds.ts';
import type { BenchOptions } from '../options.ts';
import { profileUnder } from '../profile.ts';
import { frontPage, journalistPage, permalinkPage, searchPage } from './other-pages.operation.ts';
import { selectJournalistSlugs, selectPermalinks, selectQueries } from './other-pages.queries.ts';
import {
  loadPages,
  type PageGroup,
  pageSide,
  requireEqualAnswers,
  serversOf,
  withPageStage,
} from './page-stage.ts';
import { signedInPage, signedOutPage } from './page.operation.ts';
import { selectFullPages } from './page.queries.ts';

/** Number of different pages that are read in turn. */
const pages = 200;

/** Number of accounts that read the signed-in pages. */
const viewers = 100;

/** Comments per second of the bench with a writer. */
const writesPerSecond = 20;

/** Settings of a service that reads everything anew for each request. */
export const nothingKept = { KEPT_ANSWERS_MB: 'off', KEPT_ROWS_MB: 'off' };

/** The article page, signed out and signed in, and while comments are posted. */
export const articlePages: PageGroup = {
  settings: {},
  variants: [
    { name: 'rows kept', settings: { KEPT_ANSWERS_MB: 'off' } },
    { name: 'nothing kept', settings: nothingKept },
    { name: 'nothing kept, two workers', settings: { ...nothingKept, WORKERS: '2' } },
  ],
  select: async (client) => {
    const found = await selectFullPages(client, pages);
    const tokens = (await openSessions(client, viewers)).map(({ token }) => token);
    const article = { field: 'article', variables: found.map(({ slug }) => ({ slug })) };
    const articleIds = found.map(({ id }) => Buffer.from(`Article:${id}`).toString('base64url'));
    return [
      { ...article, title: 'article page, signed out', operation: signedOutPage },
      { ...article, title: 'article page, signed in', operation: signedInPage, tokens },
      {
        ...article,
        title: `article page, signed out, with ${writesPerSecond} comments posted per second (CPU of the database: with the posts)`,
        operation: signedOutPage,
        writes: { tokens, articleIds, perSecond: writesPerSecond },
      },
    ];
  },
};

/** All other pages, from a service that keeps neither answers nor rows. */
const otherPages: PageGroup = {
  settings: nothingKept,
  variants: [],
  select: async (client) => {
    const slugs = await selectJournalistSlugs(client, pages);
    const queries = await selectQueries(client, pages);
    const permalinks = await selectPermalinks(client, pages);
    return [
      { title: 'front page, cold', field: 'articles', operation: frontPage, variables: [{}] },
      {
        title: 'journalist’s page, cold',
        field: 'journalist',
        operation: journalistPage,
        variables: slugs.map((slug) => ({ slug })),
      },
      {
        title: 'search with three words, cold',
        field: 'search',
        operation: searchPage,
        variables: queries.map((query) => ({ query })),
      },
      {
        title: 'permalink in the longest thread, cold',
        field: 'article',
        operation: permalinkPage,
        variables: permalinks.map(({ slug, articleId, commentId }) => ({
          slug,
          around: Buffer.from(`Comment:${articleId}:${commentId}`).toString('base64url'),
        })),
      },
    ];
  },
};

/** Profiles the service while the pages of a group are read from it, one after the other. */
async function profilePages(databaseUrl: string, options: BenchOptions, group: PageGroup): Promise<string> {
  return withPageStage(databaseUrl, options, group, async (stage, works) => {
    const profiles: string[] = [];
    for (const work of works) {
      const load = loadPages(stage, stage.service, work, options.connections);
      profiles.push(await profileUnder(work.title, stage.service.process, load, options));
    }
    return profiles.join('\n\n');
  });
}

/** Compares the pages of a group with the same answers of a handwritten server. */
function comparePages(
  databaseUrl: string,
  options: BenchOptions,
  group: PageGroup,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return withPageStage(databaseUrl, options, group, async (stage, works) => {
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const work of works) {
        await requireEqualAnswers(stage, work);
        onProgress(`${work.title}: ${work.variables.length} pages are the same on both sides`);
        const sides = serversOf(stage).map((server) => pageSide(stage, server, work, options.connections));
        comparisons.push(await measureRounds(work.title, sides, { ...options, database, onProgress }));
      }
      return comparisons;
    } finally {
      await database.close();
    }
  });
}

type Bench = (
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
) => Promise<Comparison[]>;

/** The article page, signed out and signed in. */
export const benchPage: Bench = (databaseUrl, options, onProgress) =>
  comparePages(databaseUrl, options, articlePages, onProgress);

/** The front page, a journalist's page, a search, and a link to a comment in the longest thread. */
export const benchOtherPages: Bench = (databaseUrl, options, onProgress) =>
  comparePages(databaseUrl, options, otherPages, onProgress);

export const profilePage = (databaseUrl: string, options: BenchOptions): Promise<string> =>
  profilePages(databaseUrl, options, articlePages);

export const profileOtherPages = (databaseUrl: string, options: BenchOptions): Promise<string> =>
  profilePages(databaseUrl, options, otherPages);
