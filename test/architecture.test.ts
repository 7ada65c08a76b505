/**
 * @database none
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { buildPackages } from './support/program.ts';

const projectFolder = join(import.meta.dirname, '..');

let options: ICruiseOptions;
let folder: string;

beforeAll(async () => {
  // Imports of packages by their names lead to their builds.
  await buildPackages();
  options = await extractOptions(join(projectFolder, '.dependency-cruiser.cjs'));
  folder = await mkdtemp(join(tmpdir(), 'standfirst-architecture-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function look(baseDir: string): Promise<ICruiseResult['summary']> {
  const { output } = await cruise(['src', 'web', 'packages/*/src'], { ...options, baseDir, validate: true });
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
    'src/platform/errors/errors.ts': leaf,
    'web/texts.ts': leaf,
    'packages/client/package.json': JSON.stringify({ name: '@standfirst/client', main: 'dist/main.js' }),
    'packages/client/dist/main.js': 'export const it = 1;',
    'packages/client/src/leaf.ts': leaf,
    ...files,
  };
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  // As npm links a workspace.
  await mkdir(join(root, 'node_modules/@standfirst'));
  await symlink('../../packages/client', join(root, 'node_modules/@standfirst/client'));
  return root;
}

const leaf = 'export const it = 1;\nexport type It = number;\n';
const imports = (from: string) => `export { it } from '${from}';\n`;
const importsType = (from: string) => `import type { It } from '${from}';\nexport const it: It = 1;\n`;

/** The specifier by which one file imports another. */
function specifierOf(from: string, to: string): string {
  const way = posix.relative(posix.dirname(from), to);
  return way.startsWith('.') ? way : `./${way}`;
}

/** Two files: the first imports the second. */
const edge = (from: string, to: string) => ({ [from]: imports(specifierOf(from, to)), [to]: leaf });
const typeEdge = (from: string, to: string) => ({
  [from]: importsType(specifierOf(from, to)),
  [to]: leaf,
});

const people = 'src/features/people';
const articles = 'src/features/articles/article';
const thread = 'src/features/comments/thread';
const platform = 'src/platform';

/** For each rule but those of the lines, trees that break this rule and no other. */
const broken: Readonly<Record<string, readonly Record<string, string>[]>> = {
  'no-cycles': [
    {
      [`${platform}/text/a.ts`]: imports('./b.ts'),
      [`${platform}/text/b.ts`]: imports('./a.ts'),
    },
    {
      [`${platform}/text/a.ts`]: importsType('./b.ts'),
      [`${platform}/text/b.ts`]: importsType('./a.ts'),
    },
  ],
  'platform-knows-no-feature': [
    edge(`${platform}/graphql/node.ts`, `${articles}/article.policy.ts`),
    edge(`${platform}/page/served.ts`, 'src/features/articles/article.page.ts'),
    typeEdge(`${platform}/db/a.ts`, `${thread}/comment.entity.ts`),
  ],
  'nobody-knows-carriers': [
    edge(`${platform}/http/server.ts`, 'src/carriers/site/page.ts'),
    edge(`${people}/account/a.ts`, 'src/carriers/explorer/b.ts'),
    edge('src/main.ts', 'src/carriers/graphql/b.ts'),
  ],
  ...Object.fromEntries(
    Object.entries({
      graphql: 'explorer',
      live: 'websocket',
      websocket: 'event-stream',
      'event-stream': 'websocket',
      site: 'graphql',
      explorer: 'site',
      feeds: 'site',
      embed: 'site',
      sitemap: 'feeds',
    }).map(([from, to]) => [
      `carrier-${from}-stands-alone`,
      [edge(`src/carriers/${from}/a.ts`, `src/carriers/${to}/b.ts`)],
    ]),
  ),
  'carriers-know-no-feature': [
    edge('src/carriers/site/a.ts', `${articles}/b.ts`),
    typeEdge('src/carriers/site/page.ts', 'src/features/comments/discussion.page.ts'),
  ],
  'declarations-are-on-top': [
    edge('src/features/demo/seed.ts', 'src/features/moderation/feature.ts'),
    edge('src/commands/export.ts', `${people}/account.feature.ts`),
    edge('src/commands/export.ts', `${people}/tokens/feature.ts`),
  ],
  'composition-is-on-top': [
    edge(`${platform}/http/server.ts`, 'src/app/features.ts'),
    edge(`${thread}/a.ts`, 'src/commands/migrate.ts'),
  ],
  'only-main-imports-app': [edge('src/commands/migrate.ts', 'src/app/app.ts')],
  'graphql-touches-no-table': ['resolver', 'type', 'input', 'mutation', 'subscription'].flatMap((layer) => [
    edge(`${articles}/article.${layer}.ts`, `${articles}/article.queries.ts`),
    edge(`${articles}/article.${layer}.ts`, `${articles}/article.entity.ts`),
  ]),
  'graphql-touches-no-driver': [
    { [`${articles}/article.resolver.ts`]: imports('typeorm') },
    { [`${articles}/article.type.ts`]: importsType('pg') },
  ],
  'rules-know-no-graphql': [
    { [`${thread}/comment.service.ts`]: imports('graphql') },
    { [`${thread}/comment.policy.ts`]: importsType('type-graphql') },
    edge(`${thread}/comment.queries.ts`, `${platform}/graphql/page.ts`),
    edge(`${thread}/comment.service.ts`, `${thread}/comment.type.ts`),
    edge(`${thread}/comment.service.ts`, `${thread}/comment.loader.ts`),
  ],
  'ground-knows-no-graphql': ['text', 'time', 'auth', 'db', 'events', 'kept', 'jobs', 'mail'].map((each) => ({
    [`${platform}/${each}/a.ts`]: imports('graphql'),
  })),
  'policies-are-pure': [
    edge(`${thread}/comment.policy.ts`, `${platform}/time/clock.ts`),
    edge(`${thread}/comment.policy.ts`, `${thread}/comment.queries.ts`),
    { [`${thread}/comment.policy.ts`]: `export { env as it } from 'node:process';` },
  ],
  'only-live-listens': [
    edge(`${thread}/comment.service.ts`, `${platform}/events/hub.ts`),
    typeEdge(`${thread}/comment.subscription.ts`, `${platform}/events/group.ts`),
    edge(`${platform}/http/metrics.ts`, `${platform}/events/feed.ts`),
  ],
  'transport-stays-in-carriers': [
    { 'src/app/app.ts': imports('@apollo/server') },
    { [`${platform}/http/server.ts`]: imports('ws') },
    { [`${platform}/operations/gate.ts`]: importsType('ws') },
    { [`${articles}/article.subscription.ts`]: imports('graphql-ws') },
  ],
  'stripe-stays-in-funding': [
    { [`${people}/account/a.ts`]: imports('stripe') },
    { 'src/features/funding/campaign/campaign.service.ts': imports('stripe') },
  ],
  'openid-client-stays-in-login': [
    { [`${people}/account/a.ts`]: imports('openid-client') },
    { [`${platform}/auth/a.ts`]: imports('oauth4webapi') },
  ],
  'nodemailer-stays-in-mail': [{ [`${people}/account/a.ts`]: imports('nodemailer') }],
  'redis-client-stays-in-redis': [
    { [`${platform}/events/a.ts`]: imports('@redis/client') },
    { [`${platform}/auth/a.ts`]: importsType('@redis/client') },
  ],
  'client-stands-alone': [
    { 'packages/client/src/a.ts': `export { env as it } from 'node:process';` },
    { 'packages/client/src/a.ts': imports('pg') },
  ],
  'packages-stand-alone': [
    edge('packages/embedded-postgres/src/a.ts', 'packages/other/src/b.ts'),
    typeEdge('packages/embedded-postgres/src/a.ts', 'packages/client/src/b.ts'),
    { 'packages/embedded-postgres/src/a.ts': imports('@standfirst/client') },
  ],
  'packages-know-no-service': [
    edge('packages/embedded-postgres/src/a.ts', `${platform}/text/plain.ts`),
    typeEdge('packages/embedded-postgres/src/a.ts', `${platform}/errors/errors.ts`),
  ],
  'nobody-here-needs-the-client': [
    edge(`${platform}/http/server.ts`, 'packages/client/src/live-client.ts'),
    typeEdge('src/main.ts', 'packages/client/src/live-client.ts'),
    { 'src/main.ts': imports('@standfirst/client') },
  ],
  'page-uses-what-everybody-has': [
    edge('web/app.tsx', `${thread}/comment.type.ts`),
    typeEdge('web/app.tsx', `${platform}/text/addresses.ts`),
  ],
  'service-knows-no-page': [edge('src/carriers/site/page.ts', 'web/texts.ts')],
  'migrations-stand-still': [
    {
      'src/app/platform.ts': imports('../../migrations/1-initial.ts'),
      'migrations/1-initial.ts': imports('../src/platform/config/config.ts'),
      [`${platform}/config/config.ts`]: leaf,
    },
  ],
  'runs-without-dev-packages': [{ [`${platform}/log/logger.ts`]: imports(devPackage) }],
  'everything-resolves': [{ [`${platform}/log/logger.ts`]: imports('./gone.ts') }],
  'no-barrels': [{ [`${platform}/events/index.ts`]: leaf }],
  'no-attics': [
    { [`${platform}/text/utils.ts`]: leaf },
    { [`${platform}/text/helpers.ts`]: leaf },
    { [`${thread}/comment.util.ts`]: leaf },
    { [`${platform}/db/common.ts`]: leaf },
  ],
  'every-folder-has-a-place': [
    { 'src/newsletter/newsletter.policy.ts': leaf },
    { 'src/carriers/smoke/signal.ts': leaf },
    { [`${platform}/newsletter/newsletter.policy.ts`]: leaf },
    { 'src/features/newsletter/newsletter.policy.ts': leaf },
    { [`${people}/newsletter/newsletter.policy.ts`]: leaf },
  ],
  'no-loose-files': [{ 'src/schema.ts': leaf }],
};

/** The rules of the lines, by name: a folder, and what it must not import. */
const lineRules = () =>
  (options.ruleSet?.forbidden ?? []).flatMap((rule) =>
    rule.name?.endsWith('-stands-in-line') && 'to' in rule
      ? [{ name: rule.name, from: rule.from.path as string, to: rule.to.path as string[] }]
      : [],
  );

/** A file that a pattern of a line's rule is about. */
const fileIn = (pattern: string, name: string): string =>
  pattern.replace('^', '').replace(String.raw`[^/]+\.ts$`, '') + name;

describe('the one-way rules', () => {
  it('hold in the whole source', async () => {
    expect(await violationsIn(projectFolder)).toEqual([]);
    // An empty list of modules would have no violations either.
    expect((await look(projectFolder)).totalCruised).toBeGreaterThan(100);
  });

  it('all have trees that break them', () => {
    const { forbidden = [], required = [] } = options.ruleSet ?? {};
    const lines = lineRules().map(({ name }) => name);
    expect([...Object.keys(broken), ...lines].sort()).toEqual(
      [...forbidden, ...required].map((rule) => rule.name).sort(),
    );
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

  it('put the folders into lines, and report each import against one', async () => {
    const rules = lineRules();
    const nobodyKnows = (folder: string) => (name: string) =>
      rules.find((rule) => rule.name === `${name}-stands-in-line`)?.to.includes(`^src/${folder}/`);
    // A few, as people know them.
    expect(
      ['features/people', 'features/articles', 'features/comments', 'features/funding'].every(
        nobodyKnows('features/moderation'),
      ),
    ).toBe(true);
    expect(['platform/db', 'platform/events', 'platform/kept'].every(nobodyKnows('platform/http'))).toBe(
      true,
    );
    expect(nobodyKnows('platform/feature')('platform/page')).toBe(true);
    expect(nobodyKnows('features/people/sessions')('features/people/account')).toBe(true);

    const files: Record<string, string> = {};
    const expected: string[] = [];
    for (const { name, from, to } of rules)
      for (const [index, pattern] of to.entries()) {
        const [source, target] = [fileIn(from, `from-${index}.ts`), fileIn(pattern, 'to.ts')];
        files[source] = imports(specifierOf(source, target));
        files[target] ??= leaf;
        expected.push(`${name}: ${source} -> ${target}`);
      }
    expect((await violationsIn(await writeTree('lines', files))).sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(100);
  });

  it('allow the intended imports', async () => {
    const root = await writeTree('allowed', {
      'src/main.ts': imports('./app/app.ts'),
      'src/app/app.ts':
        imports('../features/comments/thread/comment.subscription.ts') +
        "import '../carriers/graphql/apollo.ts';\nimport '../features/comments/feature.ts';\n",
      'src/commands/migrate.ts': imports('../app/platform.ts'),
      'src/app/platform.ts': leaf,
      'src/features/comments/feature.ts': imports('./thread/comment.policy.ts'),
      [`${platform}/auth/viewer.ts`]: leaf,
      [`${platform}/db/database.ts`]: imports('pg'),
      [`${platform}/events/hub.ts`]: imports('./feed.ts'),
      [`${platform}/events/feed.ts`]: leaf,
      [`${platform}/live/operations.ts`]: imports('../events/hub.ts'),
      [`${platform}/graphql/context.ts`]: leaf,
      [`${platform}/graphql/utility-types.ts`]: leaf,
      'src/carriers/graphql/apollo.ts': imports('@apollo/server'),
      'src/carriers/live/connection-set.ts': leaf,
      'src/carriers/websocket/websocket.ts': imports('../live/connection-set.ts') + "import 'ws';\n",
      [`${platform}/http/paths.ts`]: leaf,
      [`${articles}/article.policy.ts`]: imports('../../../platform/auth/viewer.ts'),
      [`${thread}/comment.policy.ts`]:
        imports('../../articles/article/article.policy.ts') +
        "import type {} from '../../../platform/time/clock.ts';\n",
      [`${platform}/time/clock.ts`]: leaf,
      [`${thread}/comment.queries.ts`]: importsType('../../../platform/db/database.ts'),
      [`${thread}/comment.type.ts`]:
        imports('../../../platform/errors/errors.ts') +
        "import type {} from './comment.queries.ts';\nimport 'type-graphql';\n",
      [`${thread}/comment.subscription.ts`]: imports('../../../platform/graphql/context.ts'),
      'packages/client/src/live-client.ts': imports('./connection.ts'),
      'packages/client/src/connection.ts': imports('graphql-ws') + "import 'graphql';\n",
      'packages/embedded-postgres/src/cluster.ts': leaf,
      'src/app/storage.ts': imports('../../packages/embedded-postgres/src/cluster.ts'),
      'src/features/moderation/queue/queue.service.ts': imports('../../comments/thread/comment.queries.ts'),
      [`${platform}/text/markdown-parser.ts`]: leaf,
      'web/app.tsx':
        imports('../packages/client/src/live-client.ts') +
        "import '@apollo/server';\nimport '../src/platform/http/paths.ts';\n",
      'web/preview.tsx': imports('../src/platform/text/markdown-parser.ts'),
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
