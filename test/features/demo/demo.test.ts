/**
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedDemo } from '../../../src/features/demo/seed.ts';
import { seedLock } from '../../../src/features/demo/seed.queries.ts';
import { ownPicturesPath, sizeOfOwnPicture } from '../../../src/platform/text/own-pictures.ts';
import { useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { faultsOf } from '../../support/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { recordStatements } from '../../support/statements.ts';

const folder = join(import.meta.dirname, '../../../demo');
const pictures = join(folder, 'pictures');
const password = 'correct horse battery';

const sources = `{
  journalists(first: 20) { nodes { slug photoUrl } }
  articles(first: 50) { nodes { slug bodyHtml } }
}`;

const imagesIn = (html: string): string[] => html.match(/<img [^>]*>/g) ?? [];
const attribute = (image: string, name: string): string =>
  new RegExp(` ${name}="([^"]*)"`).exec(image)?.[1] ?? '';

describe('the files of the demo', () => {
  it('name no host but the reserved one, and no picture but the demo’s own, all of which are used', async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    const hosts = texts.flatMap((text) =>
      [...text.matchAll(/https?:\/\/([^/")\s]+)/g)].map(([, host]) => host),
    );
    expect(new Set(hosts)).toEqual(new Set(['example.org']));
    const used = texts.flatMap((text) => [
      ...[...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, address = '']) => address),
      ...[...text.matchAll(/"photoUrl": "([^"]+)"/g)].map(([, address = '']) => address),
    ]);
    expect(used.filter((address) => !sizeOfOwnPicture(address))).toEqual([]);
    expect(new Set(used.map((address) => address.replace(ownPicturesPath, '')))).toEqual(
      new Set(await readdir(pictures)),
    );
  });

  it('have small pictures of the size in their name, which load and run nothing', async () => {
    let bytes = 0;
    for (const name of await readdir(pictures)) {
      const svg = await readFile(join(pictures, name), 'utf8');
      const size = sizeOfOwnPicture(ownPicturesPath + name);
      expect(svg).toMatch(
        new RegExp(`^<svg [^>]*width="${size?.width}" height="${size?.height}"[^>]*><title>[^<]+</title>`),
      );
      expect(svg).not.toMatch(
        /<(script|foreignObject|image|use|style|a)\b|\son\w+=|href|url\((?!#)|@import/i,
      );
      bytes += svg.length;
    }
    expect(bytes).toBeLessThan(400_000);
  });
});

describe('seeding', () => {
  const app = useApp({ DATABASE_LOCK_TIMEOUT_MS: '100' });

  it('waits for a node that seeds already, longer than a statement waits for a lock', async () => {
    const { db, database } = { db: app().app.db, database: app().database };
    await onDatabase(database.url, async (other) => {
      await other.query('SELECT pg_advisory_lock($1)', [seedLock]);
      const recorded = recordStatements();
      try {
        const seeding = seedDemo({ db, folder, maxDepth: 100, password });
        const looks = () => recorded.statements.filter((text) => text.includes('pg_try_advisory')).length;
        await eventually('it to look again', () => looks() > 2);
        await other.query('SELECT pg_advisory_unlock($1)', [seedLock]);
        expect(await seeding).toBe(true);
      } finally {
        recorded.stop();
      }
    });
  });
});

describe('the demo', () => {
  const app = useApp({ PUBLIC_URL: 'https://news.example.org' }, { demoPictures: pictures });
  const get = (address: string, init: RequestInit = {}): Promise<Response> =>
    fetch(address.replace('https://news.example.org', app().url), init);

  beforeAll(() => seedDemo({ db: app().app.db, folder, maxDepth: 100, password }));

  it('gives each journalist a portrait and each article a picture, at whole addresses that are served', async () => {
    const { journalists, articles } = await app().data(sources);
    const images = articles.nodes.map(({ bodyHtml }: { bodyHtml: string }) => imagesIn(bodyHtml));
    expect(images.every(({ length }: string[]) => length === 1)).toBe(true);
    for (const [image] of images) {
      expect([attribute(image, 'width'), attribute(image, 'height')]).toEqual(['960', '540']);
      expect(attribute(image, 'alt').length).toBeGreaterThan(40);
    }
    const addresses: string[] = [
      ...journalists.nodes.map(({ photoUrl }: { photoUrl: string }) => photoUrl),
      ...images.map(([image]: string[]) => attribute(image ?? '', 'src')),
    ];
    expect(addresses).toHaveLength(5 + 13);
    for (const address of addresses) {
      expect(address).toMatch(/^https:\/\/news\.example\.org\/demo\/pictures\//);
      const response = await get(address);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
      expect(await response.text()).toMatch(/^<svg /);
    }
  });

  it('serves pictures with a policy of their own, once to each client, and nothing else beside them', async () => {
    const address = `${app().url}${ownPicturesPath}hesk-light-960x540.svg`;
    const response = await get(address);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=3600',
      'cross-origin-resource-policy': 'cross-origin',
      vary: expect.stringMatching(/^accept-encoding/i),
    });
    const etag = response.headers.get('etag') ?? '';
    const again = await get(address, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await get(address, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
    for (const name of ['none.svg', '..%2fmanifest.json', '%2e%2e/manifest.json', 'constructor', ''])
      expect([name, (await get(`${app().url}${ownPicturesPath}${name}`)).status]).toEqual([name, 404]);
  });

  it('shows badges and portraits where journalists comment, the author’s under articles of their own', async () => {
    const badges = new Set<string>();
    const { articles } = await app().data('{ articles(first: 50) { nodes { slug } } }');
    for (const { slug } of articles.nodes) {
      const { article } = await app().data(
        `query ($slug: String!) { article(slug: $slug) { author { name photoUrl }
          allComments(first: 100) { nodes { author { name avatarUrl } authorBadges } } } }`,
        { slug },
      );
      for (const { author: writer, authorBadges } of article.allComments.nodes) {
        badges.add(authorBadges.join());
        if (writer?.name !== article.author.name) continue;
        expect(authorBadges).toEqual(['JOURNALIST', 'ARTICLE_AUTHOR']);
        expect(writer.avatarUrl).toBe(article.author.photoUrl);
      }
    }
    expect(badges).toEqual(new Set(['', 'JOURNALIST', 'JOURNALIST,ARTICLE_AUTHOR']));
  });

  it('has reactions of all kinds under every article, never of a comment’s author', async () => {
    const { articles } = await app().data(`{ articles(first: 50) { nodes {
      comments(orderBy: TOP, first: 1) { nodes { reactions { kind count } } } } } }`);
    for (const { comments } of articles.nodes)
      expect(comments.nodes[0].reactions.some(({ count }: { count: number }) => count > 0)).toBe(true);
    const { db } = app().app;
    const kinds = await db.query<{ kind: string }>(
      'SELECT DISTINCT kind FROM comment_reaction ORDER BY kind',
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['DISAGREE', 'INSIGHTFUL', 'LIKE']);
    const own = `SELECT FROM comment_reaction r JOIN comment c ON c.article_id = r.article_id AND c.id = r.comment_id
      WHERE r.account_id = c.account_id`;
    expect(await db.query(own)).toEqual([]);
    expect(await faultsOf(db)).toEqual([]);
  });

  it('has something for moderators: what waits, what was reported, and an appeal', async () => {
    const signInAs = async (email: string): Promise<string> => {
      const { signIn } = await app().data(
        'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
        { input: { email, password } },
      );
      return signIn.session.accessToken;
    };
    const [moderator, reader] = [
      await signInAs('moderator@example.org'),
      await signInAs('reader@example.org'),
    ];
    const { moderationQueue, moderationAppeals, moderationWords } = await app().data(
      `{ moderationQueue { items(first: 20) { totalCount nodes { held phase reportCount } } }
        moderationAppeals { nodes { text decision { kind reason actor { name } person { name } } } }
        moderationWords(first: 10) { nodes { text } } }`,
      {},
      moderator,
    );
    const { totalCount, nodes } = moderationQueue.items;
    const held = nodes.filter((item: any) => item.held === 'COMMENT').map((item: any) => item.phase);
    expect(held.sort()).toEqual(['FIRST_COMMENTS', 'LINKS', 'LINKS', 'WORDS', 'WORDS']);
    const reported = nodes.map(({ reportCount }: any) => reportCount).filter((count: number) => count > 0);
    expect(reported.sort()).toEqual([1, 1, 2]);
    expect(totalCount).toBe(8);
    expect(moderationAppeals.nodes).toEqual([
      {
        text: expect.stringContaining('bridge'),
        decision: {
          kind: 'REMOVED',
          reason: 'ABUSE',
          actor: { name: 'Demo Editor' },
          person: { name: 'Rhoda Ansel' },
        },
      },
    ]);
    expect(moderationWords.nodes).toEqual([{ text: 'crooks' }]);
    const { viewer } = await app().data(
      `{ viewer { unreadNotificationCount comments { nodes { status viewerHold { phase } } }
        decisions { nodes { kind reason note canAppeal article { slug } } } } }`,
      {},
      reader,
    );
    expect(viewer).toEqual({
      unreadNotificationCount: 1,
      comments: { nodes: [{ status: 'PENDING', viewerHold: { phase: 'FIRST_COMMENTS' } }] },
      decisions: {
        nodes: [
          {
            kind: 'REMOVED',
            reason: 'PERSONAL_DATA',
            note: expect.stringContaining('where he lives'),
            canAppeal: true,
            article: { slug: 'the-toll-that-was-to-end-in-ten-years' },
          },
        ],
      },
    });
  });

  it('lets a newcomer sign in as its journalists and readers', async () => {
    for (const [email, name, byline] of [
      ['journalist@example.org', 'Hettie Quillane', 'hettie-quillane'],
      ['maren@example.org', 'Maren Oakhollow', 'maren-oakhollow'],
      ['piers@example.org', 'Piers Kettlewick', undefined],
      ['reader@example.org', 'Demo Reader', undefined],
    ]) {
      const { signIn } = await app().data(
        `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { name journalist { slug } } } }`,
        { input: { email, password } },
      );
      expect([signIn.viewer.name, signIn.viewer.journalist?.slug]).toEqual([name, byline]);
    }
  });

  it('is not seeded into a database that has something in it', async () => {
    expect(await seedDemo({ db: app().app.db, folder, maxDepth: 100, password })).toBe(false);
  });
});

describe('a service without demo data', () => {
  const app = useApp();

  it('has no demo pictures', async () => {
    const response = await fetch(`${app().url}${ownPicturesPath}hesk-light-960x540.svg`);
    expect(response.status).toBe(404);
  });
});
