import { SignIn1796035000000 } from '../../../migrations/1796035000000-sign-in.ts';
import { loginErrors } from './login/login-errors.ts';
import { AccountMails } from './mailed-links/account-mails.ts';
import { deleteLoginsOf } from './account/account.queries.ts';
import { proofsOf, sessionsOf } from './credentials/account-services.ts';
import type { Routes } from '../../platform/http/requests.ts';
import type { IssuerTrust } from '../../platform/config/login-issuers.ts';
import type { Tx } from '../../platform/db/database.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { ModerationLog } from '../../platform/screening/moderation-log.ts';
import { holding } from '../../platform/text/written-text.ts';
import { HostTokens } from './login/host-token.ts';
import { LoginLinkService } from './login/login-link.service.ts';
import { LoginEntity, PendingLoginEntity, SpentHostTokenEntity } from './login/login.entity.ts';
import { LinkedLoginResolver, LoginResolver } from './login/login.resolver.ts';
import { signInRoutes } from './login/sign-in-routes.ts';
import { LoginService } from './login/login.service.ts';
import {
  deletePendingLoginsOf,
  loginData,
  prunePendingLogins,
  pruneSpentHostTokens,
} from './login/pending-login.queries.ts';
import { scriptedPages, type ServedPage } from '../../platform/page/served.ts';
import { pageRoutes } from '../../platform/http/paths.ts';

/** What logins are made with. */
type LoginParts = Pick<
  Parts,
  'config' | 'db' | 'bus' | 'tokens' | 'hashing' | 'challenges' | 'clock' | 'rights' | 'mail' | 'links'
>;

const mailsOf = ({ mail, links }: LoginParts): AccountMails | undefined =>
  mail && new AccountMails(mail.outbox, links);

const issuersOf = ({ config }: LoginParts): IssuerTrust[] => [
  ...config.oidcIssuers,
  ...config.hostTokenIssuers,
];

const loginsOf = (parts: LoginParts): LoginService =>
  new LoginService({
    ...parts,
    sessions: sessionsOf(parts),
    mails: mailsOf(parts),
    hostTokens: new HostTokens(parts.config.hostTokenIssuers, parts.clock),
    issuers: issuersOf(parts),
    moderationLog: new ModerationLog(parts.bus),
  });

/** The addresses of sign-ins at other sites. Their library is loaded on demand. */
const signInsOf = (parts: Parts): Routes => {
  const { config, clock, links, requests, secrets, warn } = parts;
  const logins = loginsOf(parts);
  return async (app) => {
    const { SignInFlow } = await import('./login/sign-in-flow.ts');
    const steps = new SignInFlow({
      issuers: config.oidcIssuers,
      secrets,
      clock,
      timeOf: (client) => logins.timeOf(client),
      keep: (identity, kept) => logins.keep(identity, kept),
      endSessions: (notice) => logins.endSessions(notice),
      signedOutPage: () => links.signIn(),
      callbackOf: (issuerId) => links.signInCallback(issuerId),
      resultPage: (result) => links.finishSignIn(result),
      onFault: (issuerId, reason) =>
        warn(undefined, 'a sign-in at another site failed', { issuerId, reason }),
    });
    const routes = signInRoutes({
      steps,
      count: (request) => requests.anonymous(request).limits.use('sign-ins'),
      isEncrypted: () => links.signIn().startsWith('https:'),
    });
    await routes(app);
  };
};

/** Deletes the logins of an account that is closed, and at the end what a request made meanwhile. */
async function deleteAll(tx: Tx, accountId: string): Promise<void> {
  await deletePendingLoginsOf(tx, accountId);
  await deleteLoginsOf(tx, accountId);
}

/** The pop-up sign-in for a page of another site, which has to be one that may show threads. */
const embedSignInPage: ServedPage = {
  variables: (_params, { site }) => (typeof site === 'string' ? { site } : undefined),
  view: ({ site }: { readonly site: string }, { mayEmbed }) =>
    mayEmbed(site) ? { head: { noindex: true }, openedBy: site } : undefined,
};

/** Logins of other sites, by OpenID Connect and by signed tokens. */
export const loginFeature = defineFeature({
  name: 'login',
  migrations: [SignIn1796035000000],
  tables: [LoginEntity, PendingLoginEntity, SpentHostTokenEntity],
  resolvers: [
    resolver(LoginResolver, (parts) => [
      loginsOf(parts),
      parts.config,
      parts.config.signInLinks && parts.mail !== undefined,
    ]),
    resolver(LinkedLoginResolver, (parts) => [
      new LoginLinkService({
        ...parts,
        logins: loginsOf(parts),
        proofs: proofsOf(parts),
        mails: mailsOf(parts),
        issuers: issuersOf(parts).map(({ issuer }) => issuer),
        moderationLog: new ModerationLog(parts.bus),
      }),
      parts.config,
    ]),
  ],
  types: [],
  nodes: {},
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: loginErrors,
  scopes: {},
  texts: {
    ...holding('QUOTED', 'LinkedLogin.name', 'SignInIssuer.name'),
    ...holding(
      'NO_TEXT',
      'SignInIssuer.path',
      'FinishSignInInput.code',
      'FinishSignInInput.secret',
      'ProveBySignInInput.code',
      'ProveBySignInInput.secret',
      'LinkLoginInput.code',
      'LinkLoginInput.secret',
      'SignInWithTokenInput.token',
    ),
  },
  invariants: {},
  pruning: () => [
    { name: 'pending logins', step: prunePendingLogins },
    { name: 'spent host tokens', step: pruneSpentHostTokens },
  ],
  jobs: () => [],
  routes: (parts) => (parts.config.oidcIssuers.length === 0 ? [] : [signInsOf(parts)]),
  served: {
    pages: { [pageRoutes.embedSignIn]: embedSignInPage, ...scriptedPages(pageRoutes.finishSignIn) },
    parts: {},
    texts: {},
  },
  erasure: () => ({ close: deleteAll, finish: deleteAll }),
  personalData: [loginData],
});
