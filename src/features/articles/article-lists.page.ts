import { feedRoutes, fillRoute, type PageRoute, pageRoutes } from '../../platform/http/paths.ts';
import { siteName } from '../../platform/text/site-name.ts';
import { isSlug } from '../../platform/text/slug.ts';
import { tagNameToFind } from '../../platform/text/tag-name.ts';
import { feedAlternates } from '../../platform/page/page-alternates.ts';
import { raisingNow } from '../funding/campaign.page.ts';
import { articlePage, branchPage } from '../../carriers/site/page-article-views.ts';
import { campaignsContent, listContent, noContent } from '../../carriers/site/page-content.ts';
import { excerpt, type PageHead } from '../../platform/page/page-head.ts';
import { journalistJsonLd, siteJsonLd } from './article-head.page.ts';
import {
  campaignsOperation,
  frontOperation,
  journalistOperation,
  type ListedArticle,
  tagOperation,
} from '../../carriers/site/page-operations.ts';
import { servedOnly, texts } from '../../platform/page/page-texts.ts';
import { notFoundView, type PageView, unreadView, type ViewMaker } from '../../platform/page/served.ts';

/** A page that only its own script fills. */
const scripted = (head: PageHead): ViewMaker => {
  const view: PageView = {
    status: 200,
    head,
    content: noContent(head.title ?? siteName, servedOnly.needsScripts),
  };
  return () => Promise.resolve(view);
};

/** The front page, whose address also answers programs. */
export const frontView: ViewMaker = async (_params, { read, siteUrl }) => {
  const data = await read(frontOperation, {});
  if (!data) return unreadView;
  const url = `${siteUrl}/`;
  return {
    status: 200,
    head: {
      canonical: url,
      type: 'website',
      alternates: feedAlternates(siteName, siteUrl + feedRoutes.site),
      jsonLd: siteJsonLd(url),
    },
    content: listContent(siteName, data.articles?.nodes ?? [], raisingNow(data.campaigns)),
  };
};

const listedIn = (articles: { readonly nodes: readonly ListedArticle[] } | null) => articles?.nodes ?? [];

const journalist: ViewMaker = async ({ slug }, { read, siteUrl }) => {
  if (!isSlug(slug)) return notFoundView;
  const data = await read(journalistOperation, { slug });
  if (!data) return unreadView;
  if (!data.journalist) return notFoundView;
  const { name, permalink, photoUrl, bioText, articles } = data.journalist;
  return {
    status: 200,
    head: {
      title: name,
      description: excerpt(bioText),
      canonical: permalink,
      type: 'profile',
      image: photoUrl,
      alternates: feedAlternates(name, siteUrl + fillRoute(feedRoutes.journalist, { slug })),
      jsonLd: journalistJsonLd(data.journalist),
    },
    content: listContent(name, listedIn(articles)),
  };
};

const campaigns: ViewMaker = async (_params, { read, siteUrl }) => {
  const data = await read(campaignsOperation, {});
  if (!data?.campaigns) return unreadView;
  return {
    status: 200,
    head: { title: texts.raisingMoney, canonical: siteUrl + pageRoutes.campaigns, type: 'website' },
    content: campaignsContent(data.campaigns),
  };
};

const tag: ViewMaker = async ({ name: given = '' }, { read, siteUrl }) => {
  const wanted = tagNameToFind(given);
  if (wanted === undefined) return notFoundView;
  const data = await read(tagOperation, { name: wanted });
  if (!data) return unreadView;
  if (!data.tag) return notFoundView;
  const { name, articles } = data.tag;
  return {
    status: 200,
    head: {
      title: `#${name}`,
      canonical: siteUrl + fillRoute(pageRoutes.tag, { name }),
      type: 'website',
      alternates: feedAlternates(`#${name}`, siteUrl + fillRoute(feedRoutes.tag, { name })),
    },
    content: listContent(`#${name}`, listedIn(articles)),
  };
};

/** The pop-up sign-in for a page of another site, which has to be one that may show threads. */
const embedSignIn: ViewMaker = (_params, { mayEmbed }, { site }) =>
  Promise.resolve(
    typeof site === 'string' && mayEmbed(site)
      ? { status: 200, head: { noindex: true }, openedBy: site }
      : notFoundView,
  );

/** Of interest only to the reader. */
const own = scripted({ noindex: true });

/** The view of every address but the front page's, which also answers programs. */
export const pageViews: Readonly<Record<Exclude<PageRoute, typeof pageRoutes.front>, ViewMaker>> = {
  [pageRoutes.article]: articlePage,
  [pageRoutes.branch]: branchPage,
  // Drafts are edited here; for everybody but their writers they do not exist.
  [pageRoutes.edit]: own,
  [pageRoutes.campaign]: own,
  [pageRoutes.campaigns]: campaigns,
  [pageRoutes.journalist]: journalist,
  // What somebody has written is a profile: the person decides who reads it, and search engines are not to store it.
  [pageRoutes.person]: own,
  [pageRoutes.tag]: tag,
  [pageRoutes.search]: scripted({ title: 'Search', noindex: true }),
  [pageRoutes.signIn]: own,
  [pageRoutes.embedSignIn]: embedSignIn,
  [pageRoutes.finishSignIn]: own,
  [pageRoutes.signUp]: own,
  [pageRoutes.confirmSignUp]: own,
  [pageRoutes.confirmEmail]: own,
  [pageRoutes.mailedEndorsement]: own,
  [pageRoutes.forgotPassword]: own,
  [pageRoutes.resetPassword]: own,
  [pageRoutes.signInByMail]: own,
  [pageRoutes.account]: own,
  [pageRoutes.write]: own,
  [pageRoutes.myComments]: own,
  [pageRoutes.myArticles]: own,
  [pageRoutes.myPledges]: own,
  [pageRoutes.notifications]: own,
  // Without a mail server, for the administrator; for everybody else it does not exist.
  [pageRoutes.mails]: own,
  [pageRoutes.webhooks]: own,
  [pageRoutes.webhook]: own,
  [pageRoutes.moderation]: own,
  [pageRoutes.moderationPeople]: own,
  [pageRoutes.moderationPerson]: own,
  [pageRoutes.moderationWords]: own,
  [pageRoutes.moderationSettings]: own,
  [pageRoutes.moderationLog]: own,
  [pageRoutes.moderationAppeals]: own,
};
