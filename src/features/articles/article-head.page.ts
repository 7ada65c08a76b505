import { siteName } from '../../platform/text/site-name.ts';
import type {
  PageArticle,
  PageAuthor,
  PageComment,
  PageJournalist,
} from '../../carriers/site/page-operations.ts';
import { decimalOf } from '../../platform/page/page-texts.ts';

const context = 'https://schema.org';

/** A value of schema.org; undefined members are left out. */
export type JsonLd = Readonly<Record<string, unknown>>;

function person({ name, permalink, photoUrl }: Omit<PageAuthor, 'location'>): JsonLd {
  return { '@type': 'Person', name, url: permalink, image: photoUrl ?? undefined };
}

function interactions(action: string, count: number): JsonLd {
  return {
    '@type': 'InteractionCounter',
    interactionType: { '@type': action },
    userInteractionCount: count,
  };
}

/** Comments in the order of reading, without tombstones: a reply to a tombstone names no parent. */
function comments(nodes: readonly PageComment[]): JsonLd[] {
  // In this order, the parent of a comment is the last one before it with a depth one less.
  const above: (string | undefined)[] = [];
  return nodes.flatMap(({ permalink, status, depth, bodyText, createdAt, editedAt, author }) => {
    const shown = status === 'PUBLISHED' && bodyText !== null;
    above[depth] = shown ? permalink : undefined;
    if (!shown) return [];
    const parent = depth === 0 ? undefined : above[depth - 1];
    return [
      {
        '@type': 'Comment',
        '@id': permalink,
        url: permalink,
        text: bodyText,
        dateCreated: createdAt,
        dateModified: editedAt ?? undefined,
        author: author ? { '@type': 'Person', name: author.name } : undefined,
        parentItem: parent === undefined ? undefined : { '@id': parent },
      },
    ];
  });
}

/**
 * The campaign of an article. schema.org has no type for crowdfunding: `funding` by a `MonetaryGrant` says what backers
 * have paid for the work, `DonateAction` that and until when others can. Neither is said of pledges that are not
 * collected, nor of a campaign in test mode, in which no money moves.
 */
function campaignJsonLd({ campaign, permalink, author }: PageArticle): JsonLd {
  if (!campaign || campaign.testMode) return {};
  const { collected, takesPledges, deadline } = campaign;
  const { currency } = collected;
  const url = `${permalink}#support`;
  return {
    funding:
      BigInt(collected.minorUnits) > 0n
        ? {
            '@type': 'MonetaryGrant',
            url,
            amount: { '@type': 'MonetaryAmount', value: decimalOf(collected), currency },
          }
        : undefined,
    potentialAction: takesPledges
      ? { '@type': 'DonateAction', target: url, recipient: person(author), endTime: deadline }
      : undefined,
  };
}

function interactionsOf({ commentCount, endorsementCount, campaign }: PageArticle): JsonLd[] {
  return [
    interactions('CommentAction', commentCount),
    interactions('EndorseAction', endorsementCount),
    ...(campaign && !campaign.testMode ? [interactions('DonateAction', campaign.backerCount)] : []),
  ];
}

/** An article by schema.org. Its text is in the page itself. */
export function articleJsonLd(article: PageArticle): JsonLd {
  const { tags, allComments, permalink } = article;
  return {
    '@context': context,
    '@type': 'NewsArticle',
    '@id': permalink,
    headline: article.title,
    description: article.standfirst ?? undefined,
    datePublished: article.publishedAt ?? undefined,
    dateModified: article.updatedAt,
    author: person(article.author),
    publisher: { '@type': 'Organization', name: siteName },
    url: permalink,
    mainEntityOfPage: article.canonicalUrl ?? permalink,
    keywords: tags?.length ? tags.map(({ name }) => name) : undefined,
    isAccessibleForFree: true,
    commentCount: article.commentCount,
    interactionStatistic: interactionsOf(article),
    ...campaignJsonLd(article),
    comment: comments(allComments?.nodes ?? []),
  };
}

/** A journalist's page by schema.org. */
export function journalistJsonLd(journalist: PageJournalist): JsonLd {
  return {
    '@context': context,
    '@type': 'ProfilePage',
    url: journalist.permalink,
    mainEntity: { ...person(journalist), description: journalist.bioText ?? undefined },
  };
}

/** The front page by schema.org. */
export function siteJsonLd(url: string): JsonLd {
  return { '@context': context, '@type': 'WebSite', name: siteName, url };
}
