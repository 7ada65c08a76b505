import type { Scope } from '../../src/platform/auth/scopes.ts';
import type { TestApp, TestUser, UserErrorAnswer } from './app.ts';

/** A token that was made through the API. */
export interface TestToken {
  readonly id: string;
  readonly secret: string;
}

export interface NewToken {
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly documents?: readonly string[];
  readonly expiresAt?: Date;
  readonly serviceAccountId?: string;
  readonly idempotencyKey?: string;
}

const day = 24 * 3600 * 1000;

/** Sends `createToken`; by default a token for a month. */
export async function requestToken(
  app: TestApp,
  user: Pick<TestUser, 'token'>,
  { name = 'A bot', expiresAt = new Date(Date.now() + 30 * day), ...input }: NewToken,
): Promise<{ token: { id: string } | null; secret: string | null; userErrors: UserErrorAnswer[] }> {
  const { createToken } = await app.data(
    `mutation ($input: CreateTokenInput!) { createToken(input: $input) {
      token { id } secret userErrors { code message field } } }`,
    { input: { name, expiresAt, ...input } },
    user.token,
  );
  return createToken;
}

/** Makes a token that must not be refused. */
export async function addToken(
  app: TestApp,
  user: Pick<TestUser, 'token'>,
  input: NewToken,
): Promise<TestToken> {
  const { token, secret, userErrors } = await requestToken(app, user, input);
  if (!token || secret === null) throw new Error(JSON.stringify(userErrors));
  return { id: token.id, secret };
}

/** Revokes a token. @returns the payload */
export async function revokeToken(app: TestApp, user: Pick<TestUser, 'token'>, tokenId: string) {
  const { revokeToken: payload } = await app.data(
    `mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) {
      token { id revokedAt } userErrors { code } } }`,
    { input: { tokenId } },
    user.token,
  );
  return payload;
}

/** Makes a service account. @returns its id */
export async function addServiceAccount(
  app: TestApp,
  administrator: Pick<TestUser, 'token'>,
  input: { name: string; roles?: readonly string[] },
): Promise<{ id: string; address: string }> {
  const { createServiceAccount } = await app.data(
    `mutation ($input: CreateServiceAccountInput!) { createServiceAccount(input: $input) {
      serviceAccount { id address } userErrors { code } } }`,
    { input },
    administrator.token,
  );
  return createServiceAccount.serviceAccount;
}
