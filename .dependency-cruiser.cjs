/**
 * Which file may import what. `npm run deps` checks it, and so does the test run, which also breaks each rule once.
 * Importing a type counts like any other import, unless a rule's comment says "types aside".
 */

/**
 * Folders from the bottom up. Each knows those on the levels below it; those on one level don't know each other.
 * @typedef {readonly (readonly string[])[]} Line
 */

/** What every feature stands on. @type {Line} */
const platformLine = [
  ['errors', 'time', 'redis', 'payments'],
  ['fairness'],
  ['text'],
  ['config', 'log'],
  ['auth'],
  ['db'],
  ['events', 'jobs'],
  ['kept'],
  ['graphql', 'metrics', 'idempotency', 'mail'],
  ['operations', 'screening', 'workers'],
  ['http', 'live'],
  ['page'],
  ['feature'],
];

/** The features; each stands as a whole above or below another one. @type {Line} */
const featureLine = [
  ['people'],
  ['articles'],
  ['notifications'],
  ['screening'],
  ['comments', 'endorsements', 'funding', 'integrations'],
  ['moderation'],
  ['import'],
  ['demo'],
];

/** The rooms of the features that have some. What stands in a feature's own folder is above its rooms. @type {Record<string, Line>} */
const roomLines = {
  people: [
    ['account'],
    ['mailed-links'],
    ['sessions'],
    ['credentials'],
    ['profile', 'login', 'passkeys', 'tokens', 'outgoing-mail', 'erasure'],
  ],
  articles: [['journalist'], ['article'], ['tags'], ['reading'], ['search'], ['writing']],
  notifications: [['inbox'], ['telling'], ['mails']],
  comments: [['imported-authors'], ['thread'], ['held'], ['writing'], ['reactions', 'mutes', 'by-account']],
  funding: [
    ['money'],
    ['ledger', 'provider'],
    ['campaign'],
    ['reconciliation', 'management'],
    ['pledge'],
    ['collection'],
  ],
  integrations: [['site-log'], ['webhooks']],
  moderation: [
    ['persons'],
    ['sanctions'],
    ['removals'],
    ['decisions', 'reports'],
    ['queue', 'appeals', 'person-page'],
    ['history'],
  ],
};

const either = (/** @type {Line} */ line) => line.flat().join('|');

/** What carries requests and events; `live` is what the carriers of live connections share. */
const carriers = [
  'graphql',
  'live',
  'websocket',
  'event-stream',
  'site',
  'explorer',
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

/**
 * The rules of a line: no folder imports one that stands beside or above it.
 * @param {Line} line @param {string} folder that has the folders of the line @param {string} [above] what stands above them all
 */
const lineRules = (line, folder, above) =>
  line
    .flatMap((level, index) =>
      level.map((name) => ({
        name: `${folder}${name}-stands-in-line`,
        comment: `${folder}${name}/ imports nothing of its kind that stands beside or above it.`,
        from: { path: `^src/${folder}${name}/` },
        beside: [...level.filter((other) => other !== name), ...line.slice(index + 1).flat()].map(
          (other) => `^src/${folder}${other}/`,
        ),
      })),
    )
    .map(({ beside, ...rule }) => ({ ...rule, to: { path: above ? [...beside, above] : beside } }))
    .filter(({ to }) => to.path.length > 0);

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
      from: { path: '^src/platform/' },
      to: { path: '^src/features/' },
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
      to: { path: '^src/features/' },
    },
    ...lineRules(platformLine, 'platform/'),
    ...lineRules(featureLine, 'features/'),
    ...Object.entries(roomLines).flatMap(([name, line]) =>
      lineRules(line, `features/${name}/`, String.raw`^src/features/${name}/[^/]+\.ts$`),
    ),
    {
      name: 'declarations-are-on-top',
      comment: 'A feature’s declaration names all of its parts; only the list of features reads it.',
      from: { path: '^src/', pathNot: [String.raw`^src/(app/|main\.ts$)`, String.raw`feature\.ts$`] },
      to: { path: String.raw`^src/features/.*feature\.ts$` },
    },
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
      to: { path: [graphqlPackages, '^src/platform/graphql/', graphqlFiles, String.raw`\.loader\.ts$`] },
    },
    {
      name: 'ground-knows-no-graphql',
      comment: 'Texts, times, tokens, tables and events are older than the API that shows them.',
      from: { path: '^src/platform/(text|time|auth|db|events|kept|jobs|mail)/' },
      to: { path: graphqlPackages },
    },
    {
      name: 'policies-are-pure',
      comment: 'A rule is a function of facts: other rules and the viewer, nothing else. Types aside.',
      from: { path: String.raw`\.policy\.ts$` },
      to: { pathNot: [String.raw`\.policy\.ts$`, String.raw`^src/platform/auth/viewer\.ts$`], ...notByType },
    },
    {
      name: 'only-live-listens',
      comment:
        'Live events go from the log through live/ to connections; everybody else reads tables or writes the log.',
      from: {
        pathNot: [
          '^src/platform/(events|live|workers)/',
          '^src/app/',
          String.raw`^src/platform/http/observe-node\.ts$`,
        ],
      },
      to: { path: String.raw`^src/platform/events/(hub|feed|group|subscriber|frame)\.ts$` },
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
      from: { pathNot: '^(src/features/funding/provider|packages/test-provider)/' },
      to: { path: packages('stripe') },
    },
    {
      name: 'nodemailer-stays-in-mail',
      comment: 'Others write to the outbox, whatever takes its mails.',
      from: { pathNot: '^src/platform/mail/' },
      to: { path: packages('nodemailer') },
    },
    {
      name: 'openid-client-stays-in-login',
      comment: 'Who is believed, and how issuers are asked, is decided once. Types included.',
      from: { pathNot: '^src/features/people/login/' },
      to: { path: packages('openid-client', 'oauth4webapi') },
    },
    {
      name: 'redis-client-stays-in-redis',
      comment: 'How it waits, reconnects and gives up is decided once. Types included.',
      from: { pathNot: '^src/platform/redis/' },
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
      to: { path: '^packages/client/' },
    },
    {
      name: 'packages-stand-alone',
      comment: 'Each package is of use without the others.',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/' },
    },
    {
      name: 'packages-know-no-service',
      comment: 'A package would be of use to others, too.',
      from: { path: '^packages/' },
      to: { path: '^(src|web|migrations)/' },
    },
    {
      name: 'page-uses-what-everybody-has',
      comment:
        'The reader’s page is made of the public API and the published client. The service’s own are the parser of Markdown, the rules of plain texts and of directions, and the names of browsers, so that it shows texts as the service does, and the tables of addresses and of kinds of notifications.',
      from: { path: '^web/' },
      to: {
        path: '^(src|migrations)/',
        pathNot: String.raw`^src/(platform/text/(direction|html-directions|markdown-parser|plain|user-agent)\.ts$|platform/http/paths\.ts$|features/notifications/inbox/notification-kinds\.ts$)`,
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
    noFile('every-folder-has-a-place', 'A new folder is named above, in one of the lines.', {
      path: '^src/[^/]+/',
      pathNot: [
        `^src/(app|commands|carriers/(${carriers.join('|')})|platform/(${either(platformLine)}))/`,
        // What has the addresses of all carriers.
        String.raw`^src/carriers/routes\.ts$`,
        `^src/features/(${either(featureLine)})/[^/]+$`,
        ...Object.entries(roomLines).map(([name, line]) => `^src/features/${name}/(${either(line)})/`),
        '^src/features/import/source/',
      ],
    }),
    noFile('no-loose-files', 'A file beside the folders belongs to none of them.', {
      path: String.raw`^src/[^/]+\.ts$`,
      pathNot: String.raw`^src/main\.ts$`,
    }),
  ],
  options: {
    // Types too, as they stand in the source.
    tsPreCompilationDeps: true,
    // Imports of packages by their names lead to what `npm run build:packages` has built.
    doNotFollow: { path: ['node_modules', '^packages/[^/]+/dist/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
