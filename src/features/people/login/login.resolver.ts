import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { SessionPayload } from '../credentials/account.input.ts';
import { signInClient, toSessionPayload } from '../credentials/account.resolver.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { ProofPayload } from '../credentials/proof.input.ts';
import { toProof } from '../credentials/proof.resolver.ts';
import { ViewerPayload } from '../credentials/credential.input.ts';
import { toViewer } from '../credentials/credential.resolver.ts';
import type { HostIssuer, OidcIssuer } from '../../../platform/config/login-issuers.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand, OpenCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeedsProof, NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { IgnoresCredential } from '../../../platform/graphql/session-field.ts';
import { signInIssuerPath } from '../../../platform/http/paths.ts';
import type { LoginLinkService } from './login-link.service.ts';
import {
  FinishSignInInput,
  LinkLoginInput,
  ProveBySignInInput,
  SignInWithTokenInput,
  UnlinkLoginInput,
} from './login.input.ts';
import { loginsByAccountId } from './login.loader.ts';
import { maxLogins } from './login.policy.ts';
import type { LoginService } from './login.service.ts';
import { LinkedLogin, SignInOptions } from './login.type.ts';

/** The issuers of the settings. */
export interface IssuerSettings {
  readonly oidcIssuers: readonly OidcIssuer[];
  readonly hostTokenIssuers: readonly HostIssuer[];
}

@Resolver()
export class LoginResolver {
  readonly #logins: LoginService;
  readonly #options: SignInOptions;

  /** @param mailsLinks whether links are mailed that sign in */
  constructor(logins: LoginService, { oidcIssuers }: IssuerSettings, mailsLinks: boolean) {
    this.#logins = logins;
    this.#options = {
      issuers: oidcIssuers.map(({ id, name }) => ({
        id,
        name,
        path: signInIssuerPath.replace(':issuerId', id),
      })),
      mailsLinks,
    };
  }

  @Query(() => SignInOptions, { description: 'The ways to sign in beside a password.' })
  signInOptions(): SignInOptions {
    return this.#options;
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description:
      'Starts a session by the login of another site, which the browser has come back from. The first sign-in opens an account, or links the login to the account with the same address, if both sites have confirmed it.',
    input: [FinishSignInInput, 'The sign-in.'],
    counts: 'sign-ins',
  })
  async finishSignIn(input: FinishSignInInput, context: Context): Promise<SessionPayload> {
    return toSessionPayload(await this.#logins.finishSignIn(input, signInClient(context)), context);
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description:
      'Starts a session by a token that another site has signed for its user. The account is found or opened as by `finishSignIn`.',
    input: [SignInWithTokenInput, 'The token.'],
    counts: 'sign-ins',
  })
  async signInWithToken({ token }: SignInWithTokenInput, context: Context): Promise<SessionPayload> {
    return toSessionPayload(await this.#logins.signInWithToken(token, signInClient(context)), context);
  }
}

/** The logins of the viewer's own account. */
@Resolver(() => ViewerAccount)
export class LinkedLoginResolver {
  readonly #links: LoginLinkService;
  readonly #names: ReadonlyMap<string, string>;

  constructor(links: LoginLinkService, { oidcIssuers, hostTokenIssuers }: IssuerSettings) {
    this.#links = links;
    this.#names = new Map([...oidcIssuers, ...hostTokenIssuers].map(({ issuer, name }) => [issuer, name]));
  }

  @NeverByToken()
  @Bounded(maxLogins)
  @FieldResolver(() => [LinkedLogin], {
    description: 'The logins of other sites that sign in to this account, oldest first.',
  })
  async linkedLogins(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<LinkedLogin[]> {
    const rows = await loaders.get(loginsByAccountId).load(accountId);
    return rows.map(({ id, issuer, createdAt, usedAt }) => {
      const name = this.#names.get(issuer);
      return { id, name: name ?? issuer, isUsable: name !== undefined, linkedAt: createdAt, usedAt };
    });
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether rights of the account are withheld in this session or token because it rests on the word of another site, which may not sign in staff, or on a mailed link. Sign in with a password or a passkey, or at the site that gave the role, to have them; a login that shall bring all of them has to be linked again after that.',
  })
  mustSignInOtherwise(@Root() { viewer }: ViewerAccount): boolean {
    return viewer.lacksOwnProof === true;
  }

  @NeverByToken()
  @AccountCommand(ProofPayload, {
    description:
      'Proves by a sign-in at another site who the viewer is, for ten minutes after the other site has asked. The sign-in begins with `prompt=login`, the other site says that it has asked since (`auth_time`), and the login is one of this account.',
    input: [ProveBySignInInput, 'The sign-in.'],
    counts: 'proofs',
  })
  async proveBySignIn({ code, secret }: ProveBySignInInput, viewer: Viewer): Promise<ProofPayload> {
    return toProof(await this.#links.prove(viewer, { code, secret }));
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description:
      'Links the login of another site to the viewer’s account, which it signs in to from then on.',
    input: [LinkLoginInput, 'The sign-in.'],
    counts: 'sign-ins',
  })
  async linkLogin(
    { code, secret }: LinkLoginInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    return toViewer(await this.#links.linkLogin(viewer, { code, secret }), context);
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description:
      'Ends a login of the viewer’s account. The last way to sign in stays (LAST_LOGIN). A session that rests on another site’s word alone ends only logins that do so as well (WRONG_STATUS). Sessions stay as they are.',
    input: [UnlinkLoginInput, 'The login.'],
  })
  async unlinkLogin({ loginId }: UnlinkLoginInput, viewer: Viewer, context: Context): Promise<ViewerPayload> {
    return toViewer(await this.#links.unlinkLogin(viewer, loginId), context);
  }
}
