/**
 * @database none
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildClient } from './support/program.ts';

const projectFolder = join(import.meta.dirname, '..');

let options: ICruiseOptions;
let folder: string;

beforeAll(async () => {
  // The page's imports of the client lead to its build.
  await buildClient();
  options = await extractOptions(join(projectFolder, '.dependency-cruiser.cjs'));
  folder = await mkdtemp(join(tmpdir(), 'standfirst-architecture-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function look(baseDir: string): Promise<ICruiseResult['summary']> {
  const { output } = await cruise(['src', 'web', 'packages'], { ...options, baseDir, validate: true });
  return (output as ICruiseResult).summary;
}

/** @returns the violations of a folder's `src` and `web`, as `rule: from -> to` */
async function violationsIn(baseDir: string): Promise<string[]> {
  const { violations } = await look(baseDir);
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** Packages that a fixture may import, and a package that only development needs. */
const packages = [
  '@apollo/server',
  '@redis/client',
  'graphql',
  'graphql-ws',
  'nodemailer',
  'oauth4webapi',
  'openid-client',
  'pg',
  'stripe',
  'type-graphql',
  'typeorm',
  'ws',
];
const devPackage = 'jest';

/** Writes a tree with these files, the packages, and a leaf module in each of `src`, `web` and `packages`. */
async function writeTree(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(folder, name);
  const versions = (names: string[]) => Object.fromEntries(names.map((each) => [each, '1.0.0']));
  const tree = {
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: versions(packages),
      devDependencies: versions([devPackage]),
    }),
    ...Object.fromEntries(
      [...packages, devPackage].flatMap((each) => [
        [`node_modules/${each}/package.json`, JSON.stringify({ name: each, main: 'main.js' })],
        [`node_modules/${each}/main.js`, 'export const it = 1;'],
      ]),
    ),
    'src/errors/errors.ts': leaf,
    'web/texts.ts': leaf,
    'packages/client/src/leaf.ts': leaf,
    ...files,
  };
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const leaf = 'export const it = 1;\nexport type It = number;\n';
const imports = (from: string) => `export { it } from '${from}';\n`;
const importsType = (from: string) => `import type { It } from '${from}';\nexport const it: It = 1;\n`;

/** Two files: the first imports the second. */
const edge = (from: string, specifier: string, to: string) => ({ [from]: imports(specifier), [to]: leaf });

/** For each rule, trees that break this rule and no other. */
const broken: Readonly<Record<string, readonly Record<string, string>[]>> = {
  'no-cycles': [
    { 'src/text/a.ts': imports('./b.ts'), 'src/text/b.ts': imports('./a.ts') },
    { 'src/text/a.ts': importsType('./b.ts'), 'src/text/b.ts': importsType('./a.ts') },
  ],
  'platform-knows-no-feature': [
    edge('src/graphql/node.ts', '../article/article.policy.ts', 'src/article/article.policy.ts'),
    { 'src/db/a.ts': importsType('../comment/comment.entity.ts'), 'src/comment/comment.entity.ts': leaf },
  ],
  'nobody-knows-carriers': [
    edge('src/http/server.ts', '../carriers/site/page.ts', 'src/carriers/site/page.ts'),
    edge('src/graphql/a.ts', '../carriers/explorer/b.ts', 'src/carriers/explorer/b.ts'),
    edge('src/main.ts', './carriers/graphql/b.ts', 'src/carriers/graphql/b.ts'),
  ],
  'carrier-graphql-stands-alone': [
    edge('src/carriers/graphql/a.ts', '../explorer/b.ts', 'src/carriers/explorer/b.ts'),
  ],
  'carrier-live-stands-alone': [
    edge('src/carriers/live/a.ts', '../websocket/b.ts', 'src/carriers/websocket/b.ts'),
  ],
  'carrier-websocket-stands-alone': [
    edge('src/carriers/websocket/a.ts', '../event-stream/b.ts', 'src/carriers/event-stream/b.ts'),
  ],
  'carrier-event-stream-stands-alone': [
    edge('src/carriers/event-stream/a.ts', '../websocket/b.ts', 'src/carriers/websocket/b.ts'),
  ],
  'carrier-site-stands-alone': [
    edge('src/carriers/site/a.ts', '../graphql/b.ts', 'src/carriers/graphql/b.ts'),
  ],
  'carrier-explorer-stands-alone': [
    edge('src/carriers/explorer/a.ts', '../site/b.ts', 'src/carriers/site/b.ts'),
  ],
  'carrier-sign-in-stands-alone': [
    edge('src/carriers/sign-in/a.ts', '../site/b.ts', 'src/carriers/site/b.ts'),
  ],
  'carrier-feeds-stands-alone': [edge('src/carriers/feeds/a.ts', '../site/b.ts', 'src/carriers/site/b.ts')],
  'carrier-embed-stands-alone': [edge('src/carriers/embed/a.ts', '../site/b.ts', 'src/carriers/site/b.ts')],
  'carrier-sitemap-stands-alone': [
    edge('src/carriers/sitemap/a.ts', '../feeds/b.ts', 'src/carriers/feeds/b.ts'),
  ],
  'carrier-own-data-stands-alone': [
    edge('src/carriers/own-data/a.ts', '../site/b.ts', 'src/carriers/site/b.ts'),
  ],
  'carrier-own-picture-stands-alone': [
    edge('src/carriers/own-picture/a.ts', '../site/b.ts', 'src/carriers/site/b.ts'),
  ],
  'carrier-payments-stands-alone': [
    edge('src/carriers/payments/a.ts', '../site/b.ts', 'src/carriers/site/b.ts'),
  ],
  'carrier-unsubscribe-stands-alone': [
    edge('src/carriers/unsubscribe/a.ts', '../site/b.ts', 'src/carriers/site/b.ts'),
  ],
  'carriers-know-no-feature': [edge('src/carriers/site/a.ts', '../../article/b.ts', 'src/article/b.ts')],
  'moderation-log-stands-in-line': [edge('src/moderation-log/a.ts', '../account/b.ts', 'src/account/b.ts')],
  'idempotency-stands-in-line': [edge('src/idempotency/a.ts', '../account/b.ts', 'src/account/b.ts')],
  'account-stands-in-line': [edge('src/account/a.ts', '../moderation/b.ts', 'src/moderation/b.ts')],
  'journalist-stands-in-line': [edge('src/journalist/a.ts', '../article/b.ts', 'src/article/b.ts')],
  'outgoing-mail-stands-in-line': [
    edge('src/outgoing-mail/a.ts', '../journalist/b.ts', 'src/journalist/b.ts'),
  ],
  'inbox-stands-in-line': [edge('src/inbox/a.ts', '../comment/b.ts', 'src/comment/b.ts')],
  'login-stands-in-line': [edge('src/login/a.ts', '../tokens/b.ts', 'src/tokens/b.ts')],
  'passkeys-stands-in-line': [edge('src/passkeys/a.ts', '../tokens/b.ts', 'src/tokens/b.ts')],
  'tokens-stands-in-line': [edge('src/tokens/a.ts', '../journalist/b.ts', 'src/journalist/b.ts')],
  'article-stands-in-line': [
    edge('src/article/a.ts', '../comment/b.ts', 'src/comment/b.ts'),
    { 'src/article/a.ts': importsType('../endorsement/b.ts'), 'src/endorsement/b.ts': leaf },
  ],
  'screening-stands-in-line': [edge('src/screening/a.ts', '../comment/b.ts', 'src/comment/b.ts')],
  'endorsement-stands-in-line': [edge('src/endorsement/a.ts', '../comment/b.ts', 'src/comment/b.ts')],
  'comment-stands-in-line': [
    edge('src/comment/a.ts', '../endorsement/b.ts', 'src/endorsement/b.ts'),
    edge('src/comment/a.ts', '../moderation/b.ts', 'src/moderation/b.ts'),
  ],
  'funding-stands-in-line': [
    edge('src/funding/a.ts', '../comment/b.ts', 'src/comment/b.ts'),
    edge('src/funding/a.ts', '../erasure/b.ts', 'src/erasure/b.ts'),
  ],
  'site-log-stands-in-line': [edge('src/site-log/a.ts', '../comment/b.ts', 'src/comment/b.ts')],
  'moderation-stands-in-line': [edge('src/moderation/a.ts', '../import/b.ts', 'src/import/b.ts')],
  'notification-stands-in-line': [edge('src/notification/a.ts', '../moderation/b.ts', 'src/moderation/b.ts')],
  'webhook-stands-in-line': [edge('src/webhook/a.ts', '../moderation/b.ts', 'src/moderation/b.ts')],
  'erasure-stands-in-line': [edge('src/erasure/a.ts', '../moderation/b.ts', 'src/moderation/b.ts')],
  'imported-author-stands-in-line': [edge('src/imported-author/a.ts', '../import/b.ts', 'src/import/b.ts')],
  'import-stands-in-line': [edge('src/import/a.ts', '../demo/b.ts', 'src/demo/b.ts')],
  'composition-is-on-top': [
    edge('src/http/server.ts', '../app/features.ts', 'src/app/features.ts'),
    edge('src/comment/a.ts', '../commands/migrate.ts', 'src/commands/migrate.ts'),
  ],
  'only-main-imports-app': [edge('src/commands/migrate.ts', '../app/app.ts', 'src/app/app.ts')],
  'graphql-touches-no-table': ['resolver', 'type', 'input', 'mutation', 'subscription'].flatMap((layer) => [
    edge(`src/article/article.${layer}.ts`, './article.queries.ts', 'src/article/article.queries.ts'),
    edge(`src/article/article.${layer}.ts`, './article.entity.ts', 'src/article/article.entity.ts'),
  ]),
  'graphql-touches-no-driver': [
    { 'src/article/article.resolver.ts': imports('typeorm') },
    { 'src/article/article.type.ts': importsType('pg') },
  ],
  'rules-know-no-graphql': [
    { 'src/comment/comment.service.ts': imports('graphql') },
    { 'src/comment/comment.policy.ts': importsType('type-graphql') },
    edge('src/comment/comment.queries.ts', '../graphql/page.ts', 'src/graphql/page.ts'),
    edge('src/comment/comment.service.ts', './comment.type.ts', 'src/comment/comment.type.ts'),
    edge('src/comment/comment.service.ts', './comment.loader.ts', 'src/comment/comment.loader.ts'),
  ],
  'ground-knows-no-graphql': ['text', 'time', 'auth', 'db', 'events', 'mail'].flatMap((each) => [
    { [`src/${each}/a.ts`]: imports('graphql') },
    edge(`src/${each}/a.ts`, '../graphql/page.ts', 'src/graphql/page.ts'),
  ]),
  'policies-are-pure': [
    edge('src/comment/comment.policy.ts', '../time/clock.ts', 'src/time/clock.ts'),
    edge('src/comment/comment.policy.ts', './comment.queries.ts', 'src/comment/comment.queries.ts'),
    { 'src/comment/comment.policy.ts': `export { env as it } from 'node:process';` },
  ],
  'only-live-listens': [
    edge('src/comment/comment.service.ts', '../events/hub.ts', 'src/events/hub.ts'),
    {
      'src/comment/comment.subscription.ts': importsType('../events/group.ts'),
      'src/events/group.ts': leaf,
    },
    edge('src/http/metrics.ts', '../events/feed.ts', 'src/events/feed.ts'),
  ],
  'live-knows-no-transport': [edge('src/live/renderer.ts', '../http/sink.ts', 'src/http/sink.ts')],
  'operations-know-no-carrier': [
    edge('src/operations/gate.ts', '../http/paths.ts', 'src/http/paths.ts'),
    { 'src/operations/gate.ts': importsType('../live/selection.ts'), 'src/live/selection.ts': leaf },
  ],
  'transport-stays-in-carriers': [
    { 'src/app/app.ts': imports('@apollo/server') },
    { 'src/http/server.ts': imports('ws') },
    { 'src/operations/gate.ts': importsType('ws') },
    { 'src/article/article.subscription.ts': imports('graphql-ws') },
  ],
  'stripe-stays-in-funding': [
    { 'src/account/a.ts': imports('stripe') },
    { 'src/funding/campaign.service.ts': imports('stripe') },
  ],
  'openid-client-stays-in-login': [
    { 'src/account/a.ts': imports('openid-client') },
    { 'src/auth/a.ts': imports('oauth4webapi') },
  ],
  'nodemailer-stays-in-mail': [{ 'src/account/a.ts': imports('nodemailer') }],
  'redis-client-stays-in-redis': [
    { 'src/events/a.ts': imports('@redis/client') },
    { 'src/auth/a.ts': importsType('@redis/client') },
  ],
  'client-stands-alone': [
    edge('packages/client/src/a.ts', '../../../src/text/plain.ts', 'src/text/plain.ts'),
    { 'packages/client/src/a.ts': importsType('../../../src/errors/errors.ts') },
    { 'packages/client/src/a.ts': `export { env as it } from 'node:process';` },
    { 'packages/client/src/a.ts': imports('pg') },
  ],
  'nobody-here-needs-the-client': [
    edge(
      'src/http/server.ts',
      '../../packages/client/src/live-client.ts',
      'packages/client/src/live-client.ts',
    ),
    {
      'src/main.ts': importsType('../packages/client/src/live-client.ts'),
      'packages/client/src/live-client.ts': leaf,
    },
  ],
  'page-uses-what-everybody-has': [
    edge('web/app.tsx', '../src/comment/comment.type.ts', 'src/comment/comment.type.ts'),
    { 'web/app.tsx': importsType('../src/text/addresses.ts'), 'src/text/addresses.ts': leaf },
  ],
  'service-knows-no-page': [edge('src/carriers/site/page.ts', '../../../web/texts.ts', 'web/texts.ts')],
  'migrations-stand-still': [
    {
      'src/app/platform.ts': imports('../../migrations/1-initial.ts'),
      'migrations/1-initial.ts': imports('../src/config/config.ts'),
      'src/config/config.ts': leaf,
    },
  ],
  'runs-without-dev-packages': [{ 'src/log/logger.ts': imports(devPackage) }],
  'everything-resolves': [{ 'src/log/logger.ts': imports('./gone.ts') }],
  'no-barrels': [{ 'src/events/index.ts': leaf }],
  'no-attics': [
    { 'src/text/utils.ts': leaf },
    { 'src/text/helpers.ts': leaf },
    { 'src/comment/comment.util.ts': leaf },
    { 'src/db/common/a.ts': leaf },
  ],
  'every-folder-has-a-place': [
    { 'src/newsletter/newsletter.policy.ts': leaf },
    { 'src/carriers/smoke/signal.ts': leaf },
  ],
  'no-loose-files': [{ 'src/schema.ts': leaf }],
};

describe('the one-way rules', () => {
  it('hold in the whole source', async () => {
    expect(await violationsIn(projectFolder)).toEqual([]);
    // An empty list of modules would have no violations either.
    expect((await look(projectFolder)).totalCruised).toBeGreaterThan(100);
  });

  it('all have trees that break them', () => {
    const { forbidden = [], required = [] } = options.ruleSet ?? {};
    expect(Object.keys(broken).sort()).toEqual([...forbidden, ...required].map((rule) => rule.name).sort());
  });

  for (const [rule, trees] of Object.entries(broken)) {
    it(`report the trees that break ${rule}`, async () => {
      for (const [index, files] of trees.entries()) {
        const violations = await violationsIn(await writeTree(`${rule}-${index}`, files));
        expect(violations).not.toEqual([]);
        expect(violations.filter((violation) => !violation.startsWith(`${rule}: `))).toEqual([]);
      }
    });
  }

  it('allow the intended imports', async () => {
    const root = await writeTree('allowed', {
      'src/main.ts': imports('./app/app.ts'),
      'src/app/app.ts':
        imports('../comment/comment.subscription.ts') + "import '../carriers/graphql/apollo.ts';\n",
      'src/commands/migrate.ts': imports('../app/platform.ts'),
      'src/app/platform.ts': leaf,
      'src/auth/viewer.ts': leaf,
      'src/db/database.ts': imports('pg'),
      'src/events/hub.ts': imports('./feed.ts'),
      'src/events/feed.ts': leaf,
      'src/live/operations.ts': imports('../events/hub.ts'),
      'src/graphql/context.ts': leaf,
      'src/graphql/utility-types.ts': leaf,
      'src/carriers/graphql/apollo.ts': imports('@apollo/server'),
      'src/carriers/live/connection-set.ts': leaf,
      'src/carriers/websocket/websocket.ts': imports('../live/connection-set.ts') + "import 'ws';\n",
      'src/http/paths.ts': leaf,
      'src/feature/feature.ts': leaf,
      'src/events/feature.ts': imports('../feature/feature.ts'),
      'src/article/article.policy.ts': imports('../auth/viewer.ts'),
      'src/comment/comment.policy.ts':
        imports('../article/article.policy.ts') + "import type {} from '../time/clock.ts';\n",
      'src/time/clock.ts': leaf,
      'src/comment/comment.queries.ts': importsType('../db/database.ts'),
      'src/comment/comment.type.ts':
        imports('../errors/errors.ts') +
        "import type {} from './comment.queries.ts';\nimport 'type-graphql';\n",
      'src/comment/comment.subscription.ts': imports('../graphql/context.ts'),
      'packages/client/src/live-client.ts': imports('./connection.ts'),
      'packages/client/src/connection.ts': imports('graphql-ws') + "import 'graphql';\n",
      'src/moderation/moderation.service.ts': imports('../comment/comment.queries.ts'),
      'src/text/markdown-parser.ts': leaf,
      'web/app.tsx':
        imports('../packages/client/src/live-client.ts') +
        "import '@apollo/server';\nimport '../src/http/paths.ts';\n",
      'web/preview.tsx': imports('../src/text/markdown-parser.ts'),
    });
    expect(await violationsIn(root)).toEqual([]);
  });
});

it('no two folders of the reader’s page import each other', async () => {
  const { output } = await cruise(['web'], { ...options, baseDir: projectFolder, validate: false });
  const folderOf = (path: string) => /^web\/([^/]+)\//.exec(path)?.[1];
  const edges = new Set<string>();
  for (const { source, dependencies } of (output as ICruiseResult).modules)
    for (const { resolved } of dependencies) {
      const [from, to] = [folderOf(source), folderOf(resolved)];
      if (from !== undefined && to !== undefined && from !== to) edges.add(`${from} ${to}`);
    }
  expect(edges.size).toBeGreaterThan(10);
  const mutual = [...edges].filter((edge) => edges.has(edge.split(' ').reverse().join(' ')));
  expect(mutual).toEqual([]);
});
