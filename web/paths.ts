import { fillRoute, pageRoutes } from '../src/platform/http/paths.ts';

/** The page's addresses; those of articles, journalists and comments are the API's `permalink`s. */
export const paths = {
  front: pageRoutes.front,
  article: (slug: string) => fillRoute(pageRoutes.article, { slug }),
  branch: (slug: string, commentId: string) => fillRoute(pageRoutes.branch, { slug, commentId }),
  edit: (slug: string) => fillRoute(pageRoutes.edit, { slug }),
  campaign: (slug: string) => fillRoute(pageRoutes.campaign, { slug }),
  campaigns: pageRoutes.campaigns,
  journalist: (slug: string) => fillRoute(pageRoutes.journalist, { slug }),
  person: (id: string) => fillRoute(pageRoutes.person, { id }),
  tag: (name: string) => fillRoute(pageRoutes.tag, { name }),
  search: (query: string) => `${pageRoutes.search}?q=${encodeURIComponent(query)}`,
  signIn: (next: string) => `${pageRoutes.signIn}?next=${encodeURIComponent(next)}`,
  signUp: (next: string) => `${pageRoutes.signUp}?next=${encodeURIComponent(next)}`,
  forgotPassword: (next: string) => `${pageRoutes.forgotPassword}?next=${encodeURIComponent(next)}`,
  signInByMail: (next: string) => `${pageRoutes.signInByMail}?next=${encodeURIComponent(next)}`,
  account: pageRoutes.account,
  write: pageRoutes.write,
  myComments: pageRoutes.myComments,
  myArticles: pageRoutes.myArticles,
  myPledges: pageRoutes.myPledges,
  moderationQueue: (articleId: string) => `/moderation?article=${encodeURIComponent(articleId)}`,
  notifications: pageRoutes.notifications,
  mails: pageRoutes.mails,
  webhooks: pageRoutes.webhooks,
  webhook: (id: string) => fillRoute(pageRoutes.webhook, { id }),
  moderation: pageRoutes.moderation,
  moderationPeople: pageRoutes.moderationPeople,
  moderationPerson: (id: string) => fillRoute(pageRoutes.moderationPerson, { id }),
  moderationWords: pageRoutes.moderationWords,
  moderationSettings: pageRoutes.moderationSettings,
  moderationLog: pageRoutes.moderationLog,
  moderationAppeals: pageRoutes.moderationAppeals,
} as const;

/** The tag's name in an address. The router's parameters are partly decoded, which makes a `%` in them ambiguous. */
export function tagOfPath(pathname: string): string {
  const name = pathname.slice(paths.tag('').length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The article, and the comment of a branch, that an address shows. */
export function articleOfPath(
  pathname: string,
): { readonly slug: string; readonly commentId: string | undefined } | undefined {
  const [, slug, commentId] = /^\/articles\/([\w-]+)(?:\/comments\/([\w-]+))?\/?$/.exec(pathname) ?? [];
  return slug === undefined ? undefined : { slug, commentId };
}

/** Something that an address asks its page to open: the form for a reply to the comment that it names, and so on. */
export type Intent = 'reply' | 'comment' | 'endorse' | 'report';

/** The address of a page that opens something. @param address path, and the hash if there is one */
export function withIntent(address: string, intent: Intent): string {
  const [path = '', hash] = address.split('#');
  return `${path}?${intent}${hash === undefined ? '' : `#${hash}`}`;
}

/** The address of the same comment elsewhere, with what an address asks to open there. @param search its query */
export const keepIntent = (address: string, search: string): string =>
  (['reply', 'report'] as const).reduce(
    (kept, intent) => (wants(search, intent) ? withIntent(kept, intent) : kept),
    address,
  );

/** Whether an address is one of `withIntent`. @param search its query */
export const wants = (search: string, intent: Intent): boolean => new URLSearchParams(search).has(intent);

const commentPrefix = '#comment-';

export const commentHash = (id: string): string => commentPrefix + id;

/** The id of the comment that an address points to. */
export function commentOfHash(hash: string): string | undefined {
  const id = hash.startsWith(commentPrefix) ? hash.slice(commentPrefix.length) : '';
  return id === '' ? undefined : id;
}

/** An address of this page to return to; any other address becomes the front page. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || !URL.canParse(next, location.origin)) return paths.front;
  const url = new URL(next, location.origin);
  // Two slashes at the beginning would again name another host.
  if (url.origin !== location.origin || url.pathname.startsWith('//')) return paths.front;
  return url.pathname + url.search + url.hash;
}
