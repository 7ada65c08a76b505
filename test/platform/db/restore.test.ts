import { migrationsOf } from '../../../src/platform/feature/gather.ts';
import { features } from '../../../src/app/features.ts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrateDown } from '../../../src/platform/db/migrate.ts';
import { withMigrationSource } from '../../../src/app/migration-source.ts';
import { TestApp } from '../../support/app.ts';
import {
  createTestDatabase,
  databaseUrl,
  onDatabase,
  serverUrl,
  type TestDatabase,
} from '../../support/database.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import { copyPackage } from '../../support/package-copy.ts';
import { buildProgram } from '../../support/program.ts';
import { describeWithPrograms, findProgram } from '../../support/programs.ts';

const migrations = migrationsOf(features);

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

/** Whether `pg_dump` is new enough for the test server: it refuses newer servers. */
async function fitsServer(): Promise<boolean> {
  if (findProgram('pg_dump') === undefined) return true;
  const { stdout } = await run('pg_dump', ['--version']);
  const { rows } = await onDatabase(serverUrl(), (client) =>
    client.query<{ major: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS major`),
  );
  return Number(/\d+/.exec(stdout)?.[0]) >= (rows[0]?.major ?? 0);
}

/** The shell blocks of a section of a document. */
async function shellBlocks(page: string, heading: string): Promise<string[]> {
  const markdown = await readFile(join(root, 'docs', page), 'utf8');
  const section = markdown.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text);
}

// Skipped by `npm test` where the embedded server is newer than the system's programs; `npm run test:services` runs it.
const fits = await fitsServer();

describeWithPrograms(['pg_dump', 'pg_restore', 'createdb'], 'backup and restore', () => {
  let folder: string;
  let restored: TestDatabase;

  beforeAll(async () => {
    const name = `${process.env.TEST_TEMPLATE}_restored`;
    restored = { name, url: databaseUrl(name), drop: () => Promise.resolve() };
    folder = await mkdtemp(join(tmpdir(), 'standfirst-restore-'));
    await copyPackage(folder);
    await buildProgram();
  }, 240_000);
  afterAll(async () => {
    await onDatabase(serverUrl(), (client) =>
      client.query(`DROP DATABASE IF EXISTS "${restored.name}" WITH (FORCE)`),
    );
    await rm(folder, { recursive: true, force: true });
  });

  (fits ? it : it.skip)(
    'restore a dump of an older schema as documented, and reset clients of the old database',
    async () => {
      const old = await createTestDatabase();
      const app = await TestApp.start({}, { database: old });
      const user = await app.signUp();
      const article = await app.addArticle();
      await app.addComment(user, { articleId: article.id, body: 'Before the backup.' });
      const [checkpoint] = await app.live.events(article.id, undefined).waitFor(1, 'ArticleCheckpoint');
      await app.close();
      await withMigrationSource(old.url, async (source) => {
        expect(await migrateDown(source)).toBe(migrations.at(-1)?.name);
      });

      const blocks = await shellBlocks('operations.md', 'Backup and restore');
      expect(blocks).toHaveLength(2);
      const env = {
        PATH: process.env.PATH,
        HOME: folder,
        DATABASE_URL: old.url,
        NEW_DATABASE_URL: restored.url,
      };
      const output: string[] = [];
      for (const block of blocks) {
        const { stdout } = await run('sh', ['-e', '-c', block], { cwd: folder, env });
        output.push(stdout);
      }
      expect(output[1]).toContain(`Applied ${migrations.at(-1)?.name}`);
      expect(output[1]).toContain('New epoch');

      const again = await TestApp.start({}, { database: restored });
      try {
        const { article: found } = await again.data(
          'query ($slug: String!) { article(slug: $slug) { allComments(first: 5) { nodes { bodyText } } } }',
          { slug: article.slug },
        );
        expect(found.allComments.nodes).toEqual([{ bodyText: 'Before the backup.' }]);
        const [reset] = await again.live.events(article.id, checkpoint?.cursor).waitFor(1, 'ArticleReset');
        expect(reset).toMatchObject({ resetReason: 'EPOCH_CHANGED' });
        await checkInvariants(again.app.db);
      } finally {
        await again.close();
        await old.drop();
      }
    },
    240_000,
  );
});
