import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { SignInRoutes } from '../features/people/login/sign-in-routes.ts';
import { type LoginParts, loginsOf } from '../features/people/login.feature.ts';

export interface SignInsOptions {
  readonly parts: LoginParts;
  /** Encrypts sign-ins under way. */
  readonly sessionSecret: string;
  readonly logger: FastifyBaseLogger;
  /** Counts an attempt to sign in. @throws RequestError RATE_LIMITED */
  readonly count: (request: FastifyRequest) => Promise<void>;
}

/** The addresses of sign-ins at other sites; undefined where there are none. Their library is loaded on demand. */
export async function openSignIns({
  parts,
  sessionSecret,
  logger,
  count,
}: SignInsOptions): Promise<SignInRoutes | undefined> {
  const { config, clock, links } = parts;
  if (config.oidcIssuers.length === 0) return undefined;
  const { SignInFlow } = await import('../features/people/login/sign-in-flow.ts');
  const logins = loginsOf(parts);
  const steps = new SignInFlow({
    issuers: config.oidcIssuers,
    secrets: [sessionSecret, ...config.acceptedSessionSecrets],
    clock,
    timeOf: (client) => logins.timeOf(client),
    keep: (identity, kept) => logins.keep(identity, kept),
    endSessions: (notice) => logins.endSessions(notice),
    signedOutPage: () => links.signIn(),
    callbackOf: (issuerId) => links.signInCallback(issuerId),
    resultPage: (result) => links.finishSignIn(result),
    onFault: (issuerId, reason) => logger.warn({ issuerId, reason }, 'a sign-in at another site failed'),
  });
  return { steps, count, isEncrypted: () => links.signIn().startsWith('https:') };
}
