import { Ctx, Query, Resolver } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand, OpenCommand } from '../../../platform/graphql/command.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { IgnoresCredential } from '../../../platform/graphql/session-field.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import {
  RefreshSessionInput,
  SessionPayload,
  SignInInput,
  SignOutPayload,
  SignUpInput,
} from './account.input.ts';
import { accountById } from '../account/account.loader.ts';
import { ViewerAccount } from '../account/account.type.ts';
import type { SessionService, SignedIn, SignInClient } from '../sessions/session.service.ts';
import type { SignUpService } from './sign-up.service.ts';

@Resolver()
export class AccountResolver {
  constructor(
    private readonly sessions: SessionService,
    private readonly signUps: SignUpService,
  ) {}

  @ViewerDependent()
  @Query(() => ViewerAccount, {
    nullable: true,
    description: 'The account that makes this request; null when signed out.',
  })
  async viewer(@Ctx() context: Context): Promise<ViewerAccount | null> {
    return context.viewer && loadViewer(context, context.viewer);
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description:
      'Begins an account. Where the service sends mail, the link in a mail opens it (`confirmSignUp`); elsewhere it is open at once, and signed in.',
    input: [SignUpInput, 'The new account.'],
    counts: 'sign-ups',
  })
  async signUp(input: SignUpInput, context: Context): Promise<SessionPayload> {
    const result = await this.signUps.signUp(input, signInClient(context));
    if (!result.ok) return toSessionPayload(result, context);
    if ('confirmation' in result.value)
      return { session: null, viewer: null, confirmation: result.value.confirmation, userErrors: [] };
    return toSessionPayload({ ok: true, value: result.value.session }, context);
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description:
      'Starts a session; that of the access token that the request carries ends with it. Where the service demands a second factor of staff and the account has a passkey, it answers with `secondStep` instead.',
    input: [SignInInput, 'The credentials.'],
    counts: 'ITSELF',
  })
  async signIn(input: SignInInput, context: Context): Promise<SessionPayload> {
    const account = input.email.trim().toLowerCase().slice(0, 254);
    const client = signInClient(context);
    await context.limits.useSignIn(account, () => this.sessions.knowsDevice(account, client));
    const result = await this.sessions.signIn(input, client);
    if (result.ok && !('secondStep' in result.value)) context.limits.recognise(account);
    return toSessionPayload(result, context);
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description:
      'Exchanges a refresh token for the next pair of tokens. A token that is exchanged again within 30 s returns the same refresh token; exchanged again later, it ends the session. A session ends at the latest 90 days after the sign-in, unless the service sets another limit.',
    input: [RefreshSessionInput, 'The token to exchange.'],
    counts: 'refreshes',
  })
  async refreshSession(input: RefreshSessionInput, context: Context): Promise<SessionPayload> {
    return toSessionPayload(await this.sessions.refreshSession(input.refreshToken, context.address), context);
  }

  @NeverByToken()
  @AccountCommand(SignOutPayload, {
    description: 'Ends the session of the access token that this request carries.',
    counts: 'NOTHING',
  })
  async signOut(_viewer: Viewer, context: Context): Promise<SignOutPayload> {
    return { endedAt: await this.sessions.signOut(requireViewer(context)), userErrors: [] };
  }
}

/** The account of a viewer. */
export async function loadViewer({ loaders }: Context, viewer: Viewer): Promise<ViewerAccount | null> {
  const row = await loaders.get(accountById).load(viewer.accountId);
  return row ? ViewerAccount.from(row, viewer) : null;
}

/** Who begins a session by a request. No machine token may begin one. */
export const signInClient = ({ address, userAgent, device, viewer }: Context): SignInClient => ({
  address,
  userAgent,
  device,
  endsSessionId: viewer?.sessionId,
});

export async function toSessionPayload(result: Result<SignedIn>, context: Context): Promise<SessionPayload> {
  if (!result.ok) return { session: null, viewer: null, userErrors: result.userErrors };
  if ('secondStep' in result.value)
    return { session: null, viewer: null, secondStep: result.value.secondStep, userErrors: [] };
  const { viewer } = result.value;
  context.loaders.reset(viewer);
  return { session: result.value, viewer: await loadViewer(context, viewer), userErrors: [] };
}

/** Finds the viewer's own account by global id; other accounts are not found. */
export const findViewerNode = nodeFinder(1, ([id = ''], context) =>
  context.viewer?.accountId === id ? loadViewer(context, context.viewer) : Promise.resolve(null),
);
