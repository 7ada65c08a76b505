/**
 * Which file may import what. `npm run deps` checks it, and so does the test run, which also breaks each rule once.
 * Importing a type counts like any other import, unless a rule's comment says "types aside".
 */

/** The features from the bottom up; those on one level don't know each other either. */
const featureLine = [
  ['moderation-log'],
  ['account', 'idempotency'],
  ['inbox', 'journalist', 'login', 'outgoing-mail', 'passkeys', 'tokens'],
  ['article'],
  ['screening'],
  ['endorsement', 'comment', 'funding', 'site-log'],
  ['moderation', 'notification', 'erasure', 'imported-author', 'webhook'],
  ['import'],
  ['demo'],
];

const features = featureLine.flat().join('|');
const platform =
  'errors|config|log|time|text|db|auth|events|kept|leases|mail|graphql|operations|live|http|feature|workers|payments|redis';

/** What carries requests and events; `live` is what the carriers of live connections share. */
const carriers = [
  'graphql',
  'live',
  'websocket',
  'event-stream',
  'site',
  'explorer',
  'payments',
  'own-data',
  'unsubscribe',
  'sign-in',
  'own-picture',
  'feeds',
  'sitemap',
  'embed',
];

/** The files that GraphQL is made of: classes with decorators. */
const graphqlFiles = String.raw`\.(resolver|type|input|mutation|subscription)\.ts$`;

/** Packages, wherever they are installed, and their types if those come in a package of their own. */
const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

const graphqlPackages = packages('graphql', 'type-graphql', 'graphql-scalars', 'graphql-query-complexity');

const notByType = { dependencyTypesNot: ['type-only'] };

const featureRules = featureLine.flatMap((level, index) =>
  level.map((name) => ({
    name: `${name}-stands-in-line`,
    comment: `An edge lives with the feature that points: ${name}/ imports no feature beside or above it.`,
    beside: [...level.filter((other) => other !== name), ...featureLine.slice(index + 1).flat()],
    from: `^src/${name}/`,
  })),
);

/**
 * A rule about files as such: the dependency that it asks for can't exist.
 * @type {(name: string, comment: string, module: { path: string, pathNot?: string }) => import('dependency-cruiser').IRequiredRuleType}
 */
const noFile = (name, comment, module) => ({
  name,
  comment,
  severity: 'error',
  module,
  to: { path: '^such a file should not exist$' },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Whoever reads one file need not have read another that reads the first. Types included.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'What all features stand on must not change with one of them.',
      from: { path: `^src/(${platform})/` },
      to: { path: `^src/(${features})/` },
    },
    {
      name: 'nobody-knows-carriers',
      comment:
        'A carrier translates between its protocol and the platform. Only the composition knows which there are.',
      from: { path: '^src/', pathNot: '^src/(carriers|app)/' },
      to: { path: '^src/carriers/' },
    },
    ...carriers.map((name) => ({
      name: `carrier-${name}-stands-alone`,
      comment: 'Carriers share what is in carriers/live/, and nothing else.',
      from: { path: `^src/carriers/${name}/` },
      to: {
        path: `^src/carriers/(${carriers.filter((other) => other !== name && (other !== 'live' || name === 'live')).join('|')})/`,
      },
    })),
    {
      name: 'carriers-know-no-feature',
      comment: 'A carrier is the same whatever is in the schema.',
      from: { path: '^src/carriers/' },
      to: { path: `^src/(${features})/` },
    },
    ...featureRules
      .filter(({ beside }) => beside.length > 0)
      .map(({ name, comment, from, beside }) => ({
        name,
        comment,
        from: { path: from },
        to: { path: `^src/(${beside.join('|')})/` },
      })),
    {
      name: 'composition-is-on-top',
      comment: 'The process and the commands are made of everything; nothing is made of them.',
      from: { path: '^src/', pathNot: String.raw`^src/((app|commands)/|main\.ts$)` },
      to: { path: String.raw`^src/((app|commands)/|main\.ts$)` },
    },
    {
      name: 'only-main-imports-app',
      comment: 'One process, one composition root.',
      from: { pathNot: String.raw`^src/main\.ts$` },
      to: { path: String.raw`^src/app/app\.ts$` },
    },
    {
      name: 'graphql-touches-no-table',
      comment:
        'Resolvers read through loaders and write through services; types are made of rows. Types aside.',
      from: { path: graphqlFiles },
      to: { path: String.raw`\.(queries|entity)\.ts$`, ...notByType },
    },
    {
      name: 'graphql-touches-no-driver',
      comment: 'SQL stands in *.queries.ts.',
      from: { path: graphqlFiles },
      to: { path: packages('pg', 'typeorm') },
    },
    {
      name: 'rules-know-no-graphql',
      comment: 'Services, policies, queries and entities would be the same behind another API.',
      from: { path: String.raw`\.(service|policy|queries|entity)\.ts$` },
      to: { path: [graphqlPackages, '^src/graphql/', graphqlFiles, String.raw`\.loader\.ts$`] },
    },
    {
      name: 'ground-knows-no-graphql',
      comment: 'Texts, times, tokens, tables and events are older than the API that shows them.',
      from: { path: '^src/(text|time|auth|db|events|kept|leases|mail)/', pathNot: String.raw`/feature\.ts$` },
      to: { path: [graphqlPackages, '^src/graphql/', '^src/http/'] },
    },
    {
      name: 'policies-are-pure',
      comment: 'A rule is a function of facts: other rules and the viewer, nothing else. Types aside.',
      from: { path: String.raw`\.policy\.ts$` },
      to: { pathNot: [String.raw`\.policy\.ts$`, String.raw`^src/auth/viewer\.ts$`], ...notByType },
    },
    {
      name: 'only-live-listens',
      comment:
        'Live events go from the log through live/ to connections; everybody else reads tables or writes the log.',
      from: { pathNot: ['^src/(events|live)/', String.raw`^src/app/app\.ts$`] },
      to: { path: String.raw`^src/events/(hub|feed|group|subscriber|frame)\.ts$` },
    },
    {
      name: 'live-knows-no-transport',
      comment: 'Subscriptions are the same over whatever carries them.',
      from: { path: '^src/live/' },
      to: { path: '^src/(http|carriers)/' },
    },
    {
      name: 'operations-know-no-carrier',
      comment: 'One gate decides which operations may run, whatever carries them.',
      from: { path: '^src/operations/' },
      to: { path: '^src/(http|live|carriers)/' },
    },
    {
      name: 'transport-stays-in-carriers',
      comment: 'Only carriers know how requests arrive, so that a server library can be replaced there.',
      from: { pathNot: '^(src/carriers|packages/client|web)/' },
      to: { path: packages('@apollo/[^/]+', '@as-integrations/[^/]+', 'graphql-ws', 'ws') },
    },
    {
      name: 'stripe-stays-in-funding',
      comment:
        'Campaigns and pledges know the interface to a provider, so that another one can stand behind it. Types included.',
      from: { pathNot: '^src/funding/(provider|test-provider)/' },
      to: { path: packages('stripe') },
    },
    {
      name: 'nodemailer-stays-in-mail',
      comment: 'Others write to the outbox, whatever takes its mails.',
      from: { pathNot: '^src/mail/' },
      to: { path: packages('nodemailer') },
    },
    {
      name: 'openid-client-stays-in-login',
      comment: 'Who is believed, and how issuers are asked, is decided once. Types included.',
      from: { pathNot: '^src/login/' },
      to: { path: packages('openid-client', 'oauth4webapi') },
    },
    {
      name: 'redis-client-stays-in-redis',
      comment: 'How it waits, reconnects and gives up is decided once. Types included.',
      from: { pathNot: '^src/redis/' },
      to: { path: packages('@redis/client') },
    },
    {
      name: 'client-stands-alone',
      comment:
        'It runs in browsers, of people who have nothing of the service: graphql-ws, and what that needs.',
      from: { path: '^packages/client/' },
      to: { pathNot: ['^packages/client/', packages('graphql', 'graphql-ws')] },
    },
    {
      name: 'nobody-here-needs-the-client',
      comment: 'It is for those who listen to the service, which does not listen to itself.',
      from: { path: '^src/' },
      to: { path: '^packages/' },
    },
    {
      name: 'page-uses-what-everybody-has',
      comment:
        'The reader’s page is made of the public API and the published client. The service’s own are the parser of Markdown, the rules of plain texts and of directions, and the names of browsers, so that it shows texts as the service does, and the tables of addresses and of kinds of notifications.',
      from: { path: '^web/' },
      to: {
        path: '^(src|migrations)/',
        pathNot: String.raw`^src/(text/(direction|html-directions|markdown-parser|plain|user-agent)\.ts$|http/paths\.ts$|inbox/notification-kinds\.ts$)`,
      },
    },
    {
      name: 'service-knows-no-page',
      comment: 'It serves files; what is in them is none of its business.',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'migrations-stand-still',
      comment: 'A migration does the same for good, whatever becomes of the code.',
      from: { path: '^migrations/' },
      to: { path: '^src/' },
    },
    {
      name: 'runs-without-dev-packages',
      comment: 'What the built program imports is a production dependency. Types aside.',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...notByType },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that leads nowhere would slip through every other rule.',
      from: {},
      to: { couldNotResolve: true },
    },
  ].map((rule) => ({ severity: 'error', ...rule })),
  required: [
    noFile('no-barrels', 'Import from the file that has it: an index hides who needs what.', {
      path: String.raw`^src/(.+/)?index\.[cm]?[jt]s$`,
    }),
    noFile('no-attics', 'What has no better name than this belongs to no feature, and grows.', {
      path: String.raw`^src/(.*[/.-])?(utils?|helpers?|common)(/|\.ts$)`,
    }),
    noFile('every-folder-has-a-place', 'A new folder is named above: as a feature in line or as platform.', {
      path: '^src/[^/]+/',
      pathNot: `^src/(app|commands|carriers/(${carriers.join('|')})|${platform}|${features})/`,
    }),
    noFile('no-loose-files', 'A file beside the folders belongs to none of them.', {
      path: String.raw`^src/[^/]+\.ts$`,
      pathNot: String.raw`^src/main\.ts$`,
    }),
  ],
  options: {
    // Types too, as they stand in the source.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^packages/client/dist/'] },
    exclude: { path: '^packages/client/dist/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
