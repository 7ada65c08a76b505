import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadArticle, requireArticle } from '../articles/article/article.show.ts';
import { Article } from '../articles/article/article.type.ts';
import { isAccount, SharedViewer } from '../../platform/auth/viewer.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import { AccountCommand } from '../../platform/graphql/command.ts';
import { type Counted, counted, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { encodeGlobalId, requireKeys } from '../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../platform/graphql/page.ts';
import { ViewerDependent } from '../../platform/graphql/viewer-field.ts';
import { sharesNameWithJournalist } from '../articles/journalist/name-marks.ts';
import {
  EndorseInput,
  EndorsePayload,
  WithdrawEndorsementInput,
  WithdrawEndorsementPayload,
} from './endorsement.input.ts';
import {
  endorsementByKey,
  endorsementCursor,
  endorsementPages,
  endorsersByArticleId,
  featuredCountByArticleId,
  unfeaturedCountByArticleId,
  viewerEndorsementByArticleId,
} from './endorsement.loader.ts';
import { canBeEndorsed, canEndorse } from './endorsement.policy.ts';
import type { EndorsementKey, EndorsementListName, EndorsementRow } from './endorsement.queries.ts';
import type { EndorsementService } from './endorsement.service.ts';
import { Endorsement, EndorsementConnection } from './endorsement.type.ts';

/** Fields of articles about endorsements. */
@Resolver(() => Article)
export class ArticleEndorsementResolver {
  constructor(private readonly sendsMail: boolean) {}

  @FieldResolver(() => EndorsementConnection, {
    nullable: true,
    description: 'The endorsements of the article, newest first.',
  })
  async endorsements(
    @Root() { articleId, endorsementCount }: Article,
    @Arg('featured', () => Boolean, {
      nullable: true,
      description: 'True: only featured endorsements; false: only the others; absent: all.',
    })
    featured: boolean | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Counted<Endorsement>> {
    const name: EndorsementListName = featured == null ? 'all' : featured ? 'featured' : 'unfeatured';
    const key = { scope: articleId, variant: name, request: pageRequest(args) };
    const page = await loaders.get(endorsementPages).load(key);
    const connection = toConnection(page, (row) => Endorsement.from(row));
    const counts = featured ? featuredCountByArticleId : unfeaturedCountByArticleId;
    return counted(connection, () =>
      featured == null ? endorsementCount : loaders.get(counts).load(articleId),
    );
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether `requestEndorsement` takes endorsements without an account: the article is published, and the service sends mail.',
  })
  canEndorseByMail(@Root() { facts }: Article): boolean {
    return this.sendsMail && canBeEndorsed(facts);
  }

  @ViewerDependent()
  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The viewer’s own endorsement of the article; null if there is none.',
  })
  async viewerEndorsement(
    @Root() { articleId }: Article,
    @Ctx() context: Context,
  ): Promise<Endorsement | null> {
    const row = await loadViewerEndorsement(articleId, context);
    return row ? Endorsement.from(row) : null;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether `endorse` would accept an endorsement by the viewer.',
  })
  async viewerCanEndorse(@Root() { articleId, facts }: Article, @Ctx() context: Context): Promise<boolean> {
    if (!canEndorse(facts, context.viewer)) return false;
    return (await loadViewerEndorsement(articleId, context)) === undefined;
  }
}

/**
 * The viewer's own endorsement of an article. For a shared viewer, the accounts with an endorsement are marked as
 * exceptions.
 */
async function loadViewerEndorsement(
  articleId: string,
  { viewer, loaders }: Context,
): Promise<EndorsementRow | undefined> {
  if (viewer === null) return undefined;
  const endorsers =
    viewer instanceof SharedViewer ? await loaders.get(endorsersByArticleId).load(articleId) : undefined;
  if (endorsers === undefined) return loaders.get(viewerEndorsementByArticleId).load(articleId);
  for (const accountId of endorsers) isAccount(viewer, accountId);
  return undefined;
}

@Resolver(() => Endorsement)
export class EndorsementResolver {
  constructor(private readonly endorsements: EndorsementService) {}

  @FieldResolver(() => Article, { description: 'The endorsed article.' })
  article(@Root() { articleId }: Endorsement, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, articleId);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether a journalist of this site has this name, or one that looks the same, and the endorsement is not by that journalist’s account. Show it in words beside the name.',
  })
  sharesNameWithJournalist(@Root() { shown }: Endorsement, @Ctx() context: Context): Promise<boolean> {
    return sharesNameWithJournalist(context, shown);
  }

  @NeedsScope('ENDORSE')
  @AccountCommand(EndorsePayload, {
    description: 'Endorses an article in public.',
    input: [EndorseInput, 'The endorsement.'],
  })
  async endorse(input: EndorseInput, viewer: Viewer, context: Context): Promise<EndorsePayload> {
    const [articleId] = requireKeys('Article', 1, input.articleId);
    const result = await this.endorsements.endorse(viewer, {
      articleId,
      statement: input.statement ?? undefined,
      affiliation: input.affiliation ?? undefined,
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    const refused = { endorsement: null, endorsementEdge: null, article: null, confirmationPending: false };
    if (!result.ok) return { ...refused, userErrors: result.userErrors };
    context.loaders.reset();
    const article = await loadArticle(context, articleId);
    // The idempotency key was repeated after the article was unpublished: the endorsement that it once created cannot
    // be shown.
    if (!article) {
      const message = 'The article was unpublished since.';
      return { ...refused, userErrors: [{ code: 'NOT_FOUND', message, field: ['articleId'] }] };
    }
    const row = await context.loaders.get(endorsementByKey).load(result.value);
    if (!row) throw new Error('An endorsement vanished');
    const endorsement = Endorsement.from(row);
    return {
      endorsement,
      endorsementEdge: { cursor: endorsementCursor('all', row), node: endorsement },
      article,
      confirmationPending: !row.listed && !row.withdrawn,
      userErrors: [],
    };
  }

  @NeedsScope('ENDORSE')
  @AccountCommand(WithdrawEndorsementPayload, {
    description: 'Withdraws the viewer’s own endorsement of an article. Repeating this changes nothing.',
    input: [WithdrawEndorsementInput, 'The endorsement.'],
  })
  async withdrawEndorsement(
    input: WithdrawEndorsementInput,
    viewer: Viewer,
    context: Context,
  ): Promise<WithdrawEndorsementPayload> {
    const [articleId] = requireKeys('Article', 1, input.articleId);
    const result = await this.endorsements.withdrawEndorsement(viewer, articleId);
    if (!result.ok) return { withdrawnEndorsementId: null, article: null, userErrors: result.userErrors };
    context.loaders.reset();
    return {
      withdrawnEndorsementId: encodeGlobalId('Endorsement', articleId, result.value),
      article: await loadArticle(context, articleId),
      userErrors: [],
    };
  }
}

/** The endorsement with this key, while it is public and its article visible. */
async function loadEndorsement(context: Context, key: EndorsementKey): Promise<Endorsement | null> {
  const row = await context.loaders.get(endorsementByKey).load(key);
  return row?.listed && (await loadArticle(context, key.articleId)) ? Endorsement.from(row) : null;
}

/** Finds an endorsement by global id. */
export const findEndorsementNode = nodeFinder(2, ([articleId = '', id = ''], context) =>
  loadEndorsement(context, { articleId, id }),
);
