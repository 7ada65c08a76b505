import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../account/account.type.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsProof, NeedsScope, NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import type { ServiceAccountService } from './service-account.service.ts';
import {
  CreateServiceAccountInput,
  CreateServiceAccountPayload,
  CreateTokenInput,
  CreateTokenPayload,
  RevokeTokenInput,
  RevokeTokenPayload,
} from './token.input.ts';
import { allServiceAccounts, serviceAccountById, tokenById, tokensByAccountId } from './token.loader.ts';
import {
  canManageTokens,
  canSeeServiceAccounts,
  maxEndedTokens,
  maxLiveTokens,
  maxServiceAccounts,
} from './token.policy.ts';
import type { TokenService } from './token.service.ts';
import { ServiceAccount, Token } from './token.type.ts';

const maxTokens = maxLiveTokens + maxEndedTokens;

@Resolver()
export class TokenResolver {
  constructor(private readonly tokens: TokenService) {}

  @NeedsProof()
  @AccountCommand(CreateTokenPayload, {
    description:
      'Makes a machine token for the viewer, or for a service account: a credential for a program, with some of the rights of its account. An account has 20 tokens at most.',
    input: [CreateTokenInput, 'The token.'],
  })
  async createToken(input: CreateTokenInput, viewer: Viewer, context: Context): Promise<CreateTokenPayload> {
    const { serviceAccountId } = input;
    const [accountId] =
      serviceAccountId == null ? [undefined] : requireKeys('ServiceAccount', 1, serviceAccountId);
    const result = await this.tokens.createToken(viewer, {
      name: input.name,
      scopes: input.scopes ?? [],
      documents: input.documents ?? [],
      expiresAt: input.expiresAt,
      serviceAccountId: accountId,
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    if (!result.ok) return { token: null, secret: null, userErrors: result.userErrors };
    context.loaders.reset();
    const { id, secret = null } = result.value;
    return { token: await loadToken(context, id), secret, userErrors: [] };
  }

  @NeverByToken()
  @AccountCommand(RevokeTokenPayload, {
    description: 'Revokes a token for good. Connections that use it end within two seconds.',
    input: [RevokeTokenInput, 'The token.'],
  })
  async revokeToken(input: RevokeTokenInput, viewer: Viewer, context: Context): Promise<RevokeTokenPayload> {
    const [id] = requireKeys('Token', 1, input.tokenId);
    const result = await this.tokens.revokeToken(viewer, id);
    if (!result.ok) return { token: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { token: await loadToken(context, id), userErrors: [] };
  }
}

/** The viewer's own tokens. */
@Resolver(() => ViewerAccount)
export class ViewerTokensResolver {
  @NeverByToken()
  @Bounded(maxTokens)
  @FieldResolver(() => [Token], {
    description:
      'The machine tokens of the account, newest first, with some of those that were revoked or have expired within the last 30 days.',
  })
  async tokens(@Root() { accountId }: ViewerAccount, @Ctx() { loaders }: Context): Promise<Token[]> {
    return (await loaders.get(tokensByAccountId).load(accountId)).map((row) => Token.from(row));
  }
}

@Resolver(() => ServiceAccount)
export class ServiceAccountResolver {
  constructor(private readonly accounts: ServiceAccountService) {}

  @NeedsScope('ADMINISTER')
  @Bounded(maxServiceAccounts)
  @Query(() => [ServiceAccount], {
    nullable: true,
    description: 'The service accounts, oldest first. For administrators.',
  })
  async serviceAccounts(@Ctx() context: Context): Promise<ServiceAccount[]> {
    if (!canSeeServiceAccounts(requireViewer(context)))
      throw new RequestError('FORBIDDEN', 'Only administrators see service accounts.');
    return (await context.loaders.get(allServiceAccounts).load('all')).map((row) => ServiceAccount.from(row));
  }

  @NeverByToken()
  @Bounded(maxTokens)
  @FieldResolver(() => [Token], { description: 'The tokens of the account, as `Viewer.tokens` lists them.' })
  async tokens(@Root() { accountId }: ServiceAccount, @Ctx() { loaders }: Context): Promise<Token[]> {
    return (await loaders.get(tokensByAccountId).load(accountId)).map((row) => Token.from(row));
  }

  @NeedsProof()
  @AccountCommand(CreateServiceAccountPayload, {
    description:
      'Makes an account that no person signs in to: it has neither address nor password, and acts by the tokens that administrators make for it. For administrators.',
    input: [CreateServiceAccountInput, 'The account.'],
  })
  async createServiceAccount(
    input: CreateServiceAccountInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CreateServiceAccountPayload> {
    const result = await this.accounts.createServiceAccount(viewer, {
      name: input.name,
      roles: input.roles ?? [],
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    if (!result.ok) return { serviceAccount: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { serviceAccount: await loadServiceAccount(context, result.value), userErrors: [] };
  }
}

async function loadToken({ loaders, viewer }: Context, id: string): Promise<Token | null> {
  const row = await loaders.get(tokenById).load(id);
  return row && canManageTokens(row, viewer) ? Token.from(row) : null;
}

async function loadServiceAccount({ loaders, viewer }: Context, id: string): Promise<ServiceAccount | null> {
  if (!canSeeServiceAccounts(viewer)) return null;
  const row = await loaders.get(serviceAccountById).load(id);
  return row ? ServiceAccount.from(row) : null;
}

/** Finds a token of the viewer, or of a service account. */
export const findTokenNode = nodeFinder(1, ([id = ''], context) => loadToken(context, id));

/** Finds a service account, for administrators. */
export const findServiceAccountNode = nodeFinder(1, ([id = ''], context) => loadServiceAccount(context, id));
