/**
 * All addresses of the service and of the reader's page, but for `ownPicturesPath` of `src/platform/text/own-pictures.ts`, which
 * texts know. The page is built from this file as well, so it imports nothing.
 */

/** Path of GraphQL: POST, GET, WebSocket, and the explorer for browsers. */
export const graphqlPath = '/graphql';

/** Header of a token that a browser makes and keeps, by which a later sign-in is recognised. */
export const deviceHeader = 'standfirst-device';

/** Path of the schema that clients use, as text. */
export const schemaPath = '/schema.graphql';

/** Path of the schema as that of a subgraph, from which gateways compose theirs, as text. */
export const subgraphPath = '/subgraph.graphql';

/** Path of subscriptions as Server-Sent Events. */
export const streamPath = '/graphql/stream';

/** Path of the probe whether the process runs. */
export const livePath = '/health/live';

/** Path of the probe whether the node can do its work. */
export const readyPath = '/health/ready';

/** Path of the node's metrics. */
export const metricsPath = '/metrics';

/** Path to which the payment provider sends notices. */
export const paymentNoticePath = '/payments/notices';

/** Path at which an account gets all that the service holds of it. */
export const ownDataPath = '/account/data';

/** Path prefix of the addresses that end mails: for programs by POST, for people a page with a button. */
export const unsubscribePath = '/unsubscribe';

/** Address at which a sign-in at another site begins; the issuer sends the browser back to `signInCallbackPath`. */
export const signInIssuerPath = '/sign-in/:issuerId';

export const signInCallbackPath = '/sign-in/:issuerId/callback';

/** Address to which an issuer sends the notice that a person has signed out there. */
export const issuerLogoutPath = '/sign-in/:issuerId/logout';

/** Address from which a browser is led to the issuer's page to sign out there as well. */
export const signOutIssuerPath = '/sign-out/:issuerId';

/** Path to which an account sends its picture. */
export const ownPicturePath = '/account/picture';

/** Path prefix of the pictures of accounts. */
export const picturesPath = '/pictures/';

/** Path prefix of the page's files, whose names are digests of their contents. */
export const assetsPath = '/assets/';

/** Path of the licences of the packages and typefaces in the page. */
export const licencesPath = '/licences.txt';

/** Path of oEmbed (oembed.com): what another site shows of an address of this one. */
export const oembedPath = '/oembed';

/** Path of the numbers of comments at many addresses. */
export const commentCountsPath = '/comment-counts';

/** Path of a thread in a page of its own, for frames of other sites. */
export const embedPath = '/embed';

/** Path prefix of the files for pages of other sites; their names never change. */
export const embedFilesPath = '/embed/';

/** Path of the rules for programs that visit every page. */
export const robotsPath = '/robots.txt';

/** Path of the list of all sitemaps. */
export const sitemapPath = '/sitemap.xml';

/** Path of one sitemap. All are at the root, because a sitemap speaks for what is below its own address. */
export const sitemapPartPath = (kind: string, part: number): string => `/sitemap-${kind}-${part}.xml`;

const probes: readonly (string | undefined)[] = [livePath, readyPath];

/**
 * Whether a request is one of the operator's probes, which cost almost nothing and are answered under any load. Others below the same
 * folder are nothing of the kind: they are counted and logged.
 */
export const isProbe = ({ method, url }: { readonly method?: string; readonly url?: string }): boolean =>
  (method === 'GET' || method === 'HEAD') && probes.includes(url?.split('?', 1)[0]);

const forPrograms = [
  graphqlPath,
  schemaPath,
  subgraphPath,
  assetsPath,
  '/health/',
  metricsPath,
  paymentNoticePath,
  ownDataPath,
  ownPicturePath,
  picturesPath,
].map((path) => path.replace(/\/$/, ''));

/** Whether an address belongs to programs: an unknown one is refused as JSON there, for every client. */
export function isForPrograms(url: string): boolean {
  const path = url.split('?')[0] ?? '';
  return forPrograms.some((each) => path === each || path.startsWith(`${each}/`));
}

/** The addresses of the reader's page, as patterns of its router and of the server's. */
export const pageRoutes = {
  front: '/',
  article: '/articles/:slug',
  branch: '/articles/:slug/comments/:commentId',
  edit: '/articles/:slug/edit',
  campaign: '/articles/:slug/campaign',
  campaigns: '/campaigns',
  journalist: '/journalists/:slug',
  person: '/people/:id',
  tag: '/tags/:name',
  search: '/search',
  signIn: '/sign-in',
  embedSignIn: '/embed/sign-in',
  finishSignIn: '/finish-sign-in',
  signUp: '/sign-up',
  confirmSignUp: '/confirm-sign-up',
  confirmEmail: '/confirm-email',
  mailedEndorsement: '/mailed-endorsement',
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  signInByMail: '/sign-in-by-mail',
  account: '/account',
  write: '/write',
  myComments: '/my/comments',
  myArticles: '/my/articles',
  myPledges: '/my/pledges',
  notifications: '/my/notifications',
  mails: '/mails',
  webhooks: '/webhooks',
  webhook: '/webhooks/:id',
  moderation: '/moderation',
  moderationPeople: '/moderation/people',
  moderationPerson: '/moderation/people/:id',
  moderationWords: '/moderation/words',
  moderationSettings: '/moderation/settings',
  moderationLog: '/moderation/log',
  moderationAppeals: '/moderation/appeals',
} as const;

export type PageRoute = (typeof pageRoutes)[keyof typeof pageRoutes];

/** The addresses of feeds, as patterns without their ending: each is there in every form of `feedForms`. */
export const feedRoutes = {
  site: '/feed',
  journalist: '/journalists/:slug/feed',
  tag: '/tags/:name/feed',
  comments: '/articles/:slug/comments',
} as const;

export type FeedRoute = (typeof feedRoutes)[keyof typeof feedRoutes];

/** Endings of the addresses of feeds, each with the type of what is there. */
export const feedForms = {
  atom: 'application/atom+xml',
  rss: 'application/rss+xml',
  json: 'application/feed+json',
} as const;

export type FeedForm = keyof typeof feedForms;

/** Names that readers of feeds try beside a page, or in its folder, each with the form that they expect there. */
export const triedFeedNames: Readonly<Record<string, FeedForm>> = {
  feed: 'rss',
  'feed.xml': 'rss',
  rss: 'rss',
  'rss.xml': 'rss',
  'index.xml': 'rss',
  atom: 'atom',
  'atom.xml': 'atom',
};

/** The parameters of a pattern: `slug` and `commentId` of `/articles/:slug/comments/:commentId`. */
type ParameterOf<Route extends string> = Route extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterOf<`/${Rest}`>
  : Route extends `${string}:${infer Name}`
    ? Name
    : never;

/** Replaces a pattern's parameters by values; each is escaped. */
export function fillRoute<Route extends PageRoute | FeedRoute>(
  route: Route,
  parameters: Readonly<Record<ParameterOf<Route>, string>>,
): string {
  return route.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(parameters[name as ParameterOf<Route>]),
  );
}
