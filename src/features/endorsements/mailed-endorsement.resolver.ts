import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { signInClient } from '../people/credentials/account.resolver.ts';
import { MailedLinkPayload } from '../people/credentials/credential.input.ts';
import { hashMailedToken, maxMailedTokenLength } from '../people/mailed-links/mailed-token.ts';
import { loadArticle } from '../articles/article/article.show.ts';
import { Article } from '../articles/article/article.type.ts';
import { OpenCommand } from '../../platform/graphql/command.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { encodeGlobalId, requireKeys } from '../../platform/graphql/global-id.ts';
import { NeverByToken } from '../../platform/graphql/needs-scope.ts';
import { IgnoresCredential } from '../../platform/graphql/session-field.ts';
import { ViewerDependent } from '../../platform/graphql/viewer-field.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { endorsementByKey, endorsementCursor } from './endorsement.loader.ts';
import { Endorsement } from './endorsement.type.ts';
import {
  ConfirmEndorsementInput,
  ConfirmEndorsementPayload,
  RequestEndorsementInput,
  WithdrawMailedEndorsementInput,
  WithdrawMailedEndorsementPayload,
} from './mailed-endorsement.input.ts';
import { mailedEndorsementByHash } from './mailed-endorsement.loader.ts';
import { isExpired, type MailedEndorsementService } from './mailed-endorsement.service.ts';
import { MailedEndorsement } from './mailed-endorsement.type.ts';
import { MaxLengths } from '../../platform/graphql/max-length.ts';

@Resolver(() => MailedEndorsement)
export class MailedEndorsementResolver {
  constructor(
    private readonly endorsements: MailedEndorsementService,
    private readonly clock: Clock,
  ) {}

  // Depends on who asks: on the token. No cache may keep it.
  @ViewerDependent()
  @NeverByToken()
  @MaxLengths({ token: maxMailedTokenLength })
  @Query(() => MailedEndorsement, {
    nullable: true,
    description:
      'The endorsement of a mailed link, for whoever has the link; null if it is unknown or has expired. Send it by POST: addresses end up in logs.',
  })
  async viewerMailedEndorsement(
    @Arg('token', () => String, { description: 'The token of the link: what follows its `#`.' })
    token: string,
    @Ctx() context: Context,
  ): Promise<MailedEndorsement | null> {
    const row = await context.loaders
      .get(mailedEndorsementByHash)
      .load(hashMailedToken(token).toString('hex'));
    context.loaders.notePassing();
    return row && !isExpired(row, this.clock.now()) ? MailedEndorsement.from(row) : null;
  }

  @FieldResolver(() => Article, {
    nullable: true,
    description: 'The endorsed article; null while it is not public.',
  })
  article(@Root() { articleId }: MailedEndorsement, @Ctx() context: Context): Promise<Article | null> {
    return loadArticle(context, articleId);
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(MailedLinkPayload, {
    description:
      'Endorses an article without an account: mails a link, by which the endorsement is confirmed within two days, and can be withdrawn at any time. The answer is the same for every address, whether or not it has an account or has endorsed the article.',
    input: [RequestEndorsementInput, 'The endorsement.'],
  })
  async requestEndorsement(
    { articleId: globalId, displayName, email, affiliation, statement }: RequestEndorsementInput,
    context: Context,
  ): Promise<MailedLinkPayload> {
    const [articleId] = requireKeys('Article', 1, globalId);
    const result = await this.endorsements.request(
      {
        articleId,
        displayName,
        email,
        affiliation: affiliation ?? undefined,
        statement: statement ?? undefined,
      },
      signInClient(context),
    );
    return result.ok
      ? { expiresAt: result.value, userErrors: [] }
      : { expiresAt: null, userErrors: result.userErrors };
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(ConfirmEndorsementPayload, {
    description:
      'Makes the endorsement of a mailed link public. Repeating this changes nothing. If an account has proven the address, the endorsement belongs to it.',
    input: [ConfirmEndorsementInput, 'The link.'],
  })
  async confirmEndorsement(
    { token }: ConfirmEndorsementInput,
    context: Context,
  ): Promise<ConfirmEndorsementPayload> {
    const result = await this.endorsements.confirm(token, context.address);
    const refused = { endorsement: null, endorsementEdge: null, article: null };
    if (!result.ok) return { ...refused, userErrors: result.userErrors };
    context.loaders.reset();
    const article = await loadArticle(context, result.value.articleId);
    const row = await context.loaders.get(endorsementByKey).load(result.value);
    // It was confirmed before, and the article was unpublished since, or the endorsement withdrawn at this moment.
    if (!article || !row?.listed) {
      const message = 'The article was unpublished since, or the endorsement withdrawn.';
      return { ...refused, userErrors: [{ code: 'NOT_FOUND', message, field: ['token'] }] };
    }
    const endorsement = Endorsement.from(row);
    const endorsementEdge = { cursor: endorsementCursor('all', row), node: endorsement };
    return { endorsement, endorsementEdge, article, userErrors: [] };
  }

  @NeverByToken()
  @IgnoresCredential()
  @OpenCommand(WithdrawMailedEndorsementPayload, {
    description:
      'Withdraws an endorsement by its mailed link, also one that nobody has confirmed; its texts and its address are erased, unless an account owns it. Repeating this changes nothing.',
    input: [WithdrawMailedEndorsementInput, 'The link.'],
  })
  async withdrawMailedEndorsement(
    { token }: WithdrawMailedEndorsementInput,
    context: Context,
  ): Promise<WithdrawMailedEndorsementPayload> {
    const result = await this.endorsements.withdraw(token, context.address);
    if (!result.ok) return { withdrawnEndorsementId: null, article: null, userErrors: result.userErrors };
    context.loaders.reset();
    const { articleId, id } = result.value;
    return {
      withdrawnEndorsementId: id === null ? null : encodeGlobalId('Endorsement', articleId, id),
      article: await loadArticle(context, articleId),
      userErrors: [],
    };
  }
}
