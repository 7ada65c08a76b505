/**
 * Passkeys through the API, with an authenticator that makes real signatures.
 * @database either
 * @seconds 12
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pruneMetChallenges } from '../../../../src/features/people/passkeys/passkey-data.queries.ts';
import { type TestApp, type TestUser, useApp } from '../../../support/app.ts';
import {
  addPasskey,
  Authenticator,
  type Flaw,
  makeRecoveryCodes,
  passkeys,
  setProven,
} from '../../../support/authenticator.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const clock = new PinnedClock();
const settings = {
  ...noMailWork,
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: '1000',
  MAX_MAILS_PER_SENDER_PER_HOUR: '1000',
};
const service = useApp(settings, { mailTransport: noTransport, clock });

const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code);
const refused = ['CHALLENGE_INVALID'];

const isAlive = async (app: TestApp, token: string): Promise<boolean> =>
  (await app.query('{ viewer { id } }', {}, { token })).status === 200;

const kindsTo = async (app: TestApp, { email }: TestUser): Promise<string[]> => {
  const rows = await app.app.db.query<{ kind: string }>(
    'SELECT kind FROM mail WHERE recipient = $1 ORDER BY created_at',
    [email],
  );
  return rows.map(({ kind }) => kind);
};

const listOf = async (
  app: TestApp,
  { token }: TestUser,
): Promise<{ id: string; name: string; usedAt: string }[]> =>
  (await app.data('{ viewer { passkeys { id name createdAt usedAt } } }', {}, token)).viewer.passkeys;

describe('passkeys', () => {
  let app: TestApp;
  let user: TestUser;
  let device: Authenticator;

  beforeEach(async () => {
    app = service();
    clock.set(new Date());
    user = await app.signUp();
    device = new Authenticator(app.url);
  });

  const begin = async (): Promise<string> => (await passkeys(app, 'beginPasskeySignIn')).options;
  const finish = (response: string) => passkeys(app, 'finishPasskeySignIn', { response });
  const prove = (response: string) => passkeys(app, 'proveByPasskey', { response }, user.token);

  it('are added by the password, tell the address, and sign in without it', async () => {
    const key = await addPasskey(app, user, device, 'A  telephone');
    expect(await listOf(app, user)).toEqual([
      { id: key.id, name: 'A telephone', createdAt: clock.now().toISOString(), usedAt: null },
    ]);
    expect(await kindsTo(app, user)).toEqual(['PASSKEY_ADDED']);

    const options = JSON.parse(await begin());
    expect(options).toMatchObject({ rpId: 'localhost', allowCredentials: [], userVerification: 'required' });
    const signedIn = await finish(device.sign(await begin(), key));
    expect(signedIn).toMatchObject({ viewer: { id: user.viewerId }, secondStep: null, userErrors: [] });
    expect(await isAlive(app, signedIn.session.accessToken)).toBe(true);
    expect((await listOf(app, user))[0]?.usedAt).toBe(clock.now().toISOString());
    // The first session goes on.
    expect(await isAlive(app, user.token)).toBe(true);
  });

  it('ask for nothing but a passkey that is not there yet, and that verifies its user', async () => {
    const key = await addPasskey(app, user, device);
    const { options } = await passkeys(app, 'beginAddPasskey', undefined, user.token);
    expect(JSON.parse(options)).toMatchObject({
      rp: { id: 'localhost' },
      user: { id: Buffer.from(user.accountId).toString('base64url'), name: user.email },
      excludeCredentials: [{ type: 'public-key', id: key.credentialId.toString('base64url') }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    });
  });

  it.each<[string, Flaw]>([
    ['another origin', { origin: 'https://evil.example.org' }],
    ['another domain', { rpId: 'evil.example.org' }],
    ['no verified user', { unverified: true }],
    ['an invented challenge', { challenge: Buffer.alloc(54, 7).toString('base64url') }],
    ['another type', { type: 'payment.get' }],
    ['a page of another site around this one', { framed: true }],
  ])('are refused with %s, new or signing in', async (_, flaw) => {
    const key = await addPasskey(app, user, device);
    expect(codes(await finish(device.sign(await begin(), key, flaw)))).toEqual(refused);
    const { options } = await passkeys(app, 'beginAddPasskey', undefined, user.token);
    const { response } = device.create(options, flaw);
    expect(codes(await passkeys(app, 'addPasskey', { response, name: 'x' }, user.token))).toEqual(refused);
    expect(await listOf(app, user)).toHaveLength(1);
  });

  it('are refused with the signature of another key, the handle of another account, or no JSON', async () => {
    const key = await addPasskey(app, user, device);
    const { accountId } = await app.signUp();
    const userHandle = Buffer.from(accountId).toString('base64url');
    for (const flaw of [{ foreignKey: true }, { userHandle }])
      expect(codes(await finish(device.sign(await begin(), key, flaw)))).toEqual(refused);
    for (const response of ['', 'null', '{}', '[[['.repeat(10), `"${'x'.repeat(20_000)}"`])
      expect(codes(await finish(response))).toEqual(refused);
    const unknown = device.create(
      JSON.stringify({ challenge: '', rp: { id: 'localhost' }, user: { id: 'MQ' } }),
    );
    expect(codes(await finish(device.sign(await begin(), unknown.credential)))).toEqual(refused);
  });

  it('meet a challenge once, also where two requests meet it at the same moment', async () => {
    const key = await addPasskey(app, user, device);
    const options = await begin();
    // Signatures of two numbers, so that only the challenge is the same.
    const both = [device.sign(options, key), device.sign(options, key)];
    const outcomes = await Promise.all(both.map(finish));
    expect(outcomes.map(codes).sort()).toEqual([[], refused]);
    const challenge = await begin();
    const response = device.sign(challenge, key);
    expect(codes(await finish(response))).toEqual([]);
    expect(codes(await finish(response))).toEqual(refused);
    expect(codes(await finish(device.sign(challenge, key)))).toEqual(refused);
  });

  it('meet no challenge that has expired, and the met ones are forgotten afterwards', async () => {
    const key = await addPasskey(app, user, device);
    const options = await begin();
    const response = device.sign(options, key);
    clock.advance(300);
    expect(codes(await finish(response))).toEqual(refused);
    clock.advance(-1);
    expect(codes(await finish(response))).toEqual([]);
    const met = () => app.app.db.query('SELECT FROM met_challenge');
    await app.app.db.transaction((tx) => pruneMetChallenges(tx, clock.now()));
    expect((await met()).length).toBeGreaterThan(0);
    clock.advance(86_400 + 301);
    await app.app.db.transaction((tx) => pruneMetChallenges(tx, clock.now()));
    expect(await met()).toEqual([]);
  });

  it('take a number above the last one, unless the device does not count', async () => {
    const key = await addPasskey(app, user, device);
    expect(codes(await finish(device.sign(await begin(), key, { counter: 20 })))).toEqual([]);
    for (const counter of [20, 19, 0])
      expect(codes(await finish(device.sign(await begin(), key, { counter })))).toEqual(['PASSKEY_COPIED']);
    expect((await kindsTo(app, user)).slice(1)).toEqual(Array.from({ length: 3 }, () => 'PASSKEY_COPIED'));
    // Neither the same answer once more, nor that of another key, says so.
    const again = device.sign(await begin(), key, { counter: 19 });
    expect(codes(await finish(again))).toEqual(['PASSKEY_COPIED']);
    expect(codes(await finish(again))).toEqual(refused);
    const foreign = device.sign(await begin(), key, { counter: 19, foreignKey: true });
    expect(codes(await finish(foreign))).toEqual(refused);
    const { options: toProve } = await passkeys(app, 'beginPasskeyProof', undefined, user.token);
    await setProven(app, user.token, null);
    expect(codes(await prove(device.sign(toProve, key, { counter: 20 })))).toEqual(['PASSKEY_COPIED']);
    expect((await kindsTo(app, user)).slice(1)).toEqual(Array.from({ length: 5 }, () => 'PASSKEY_COPIED'));
    expect(codes(await passkeys(app, 'createRecoveryCodes', undefined, user.token))).toEqual([
      'PROOF_REQUIRED',
    ]);
    await setProven(app, user.token, clock.now());
    expect(codes(await finish(device.sign(await begin(), key, { counter: 21 })))).toEqual([]);

    const { options } = await passkeys(app, 'beginAddPasskey', undefined, user.token);
    const { response, credential } = device.create(options, { counter: 0 });
    await passkeys(app, 'addPasskey', { response, name: 'Without a counter' }, user.token);
    for (let n = 0; n < 2; n += 1)
      expect(codes(await finish(device.sign(await begin(), credential, { counter: 0 })))).toEqual([]);
  });

  it('take a challenge for its purpose, its account and its session only', async () => {
    const key = await addPasskey(app, user, device);
    const other = await app.signUp();
    const { options: toAdd } = await passkeys(app, 'beginAddPasskey', undefined, user.token);
    const { options: toProve } = await passkeys(app, 'beginPasskeyProof', undefined, user.token);
    const creation = (options: string) => {
      const { challenge } = JSON.parse(options);
      return device.create(toAdd, { challenge }).response;
    };
    const add = (response: string, token: string) =>
      passkeys(app, 'addPasskey', { response, name: 'x' }, token);
    // Of another purpose.
    expect(codes(await finish(device.sign(toProve, key)))).toEqual(refused);
    expect(codes(await add(creation(await begin()), user.token))).toEqual(refused);
    expect(codes(await add(creation(toProve), user.token))).toEqual(refused);
    expect(codes(await prove(device.sign(await begin(), key)))).toEqual(refused);
    // Of another account, and of another session of the account.
    expect(codes(await add(creation(toAdd), other.token))).toEqual(refused);
    const { session } = await passkeys(app, 'signIn', { email: user.email, password: user.password });
    expect(codes(await add(creation(toAdd), session.accessToken))).toEqual(refused);
    expect(codes(await add(creation(toAdd), user.token))).toEqual([]);
  });

  it('are proofs for their own account only, and belong to one account', async () => {
    await addPasskey(app, user, device);
    const other = await app.signUp();
    const foreign = await addPasskey(app, other, device);
    const { options } = await passkeys(app, 'beginPasskeyProof', undefined, user.token);
    expect(codes(await prove(device.sign(options, foreign)))).toEqual(refused);
    for (const name of ['renamePasskey', 'removePasskey']) {
      const input = { passkeyId: foreign.id, ...(name === 'renamePasskey' ? { name: 'x' } : {}) };
      expect(codes(await passkeys(app, name, input, user.token))).toEqual(['NOT_FOUND']);
    }
    expect(await listOf(app, other)).toHaveLength(1);
    // A key that one account has is no other account's, even if its device says so.
    const begun = await passkeys(app, 'beginAddPasskey', undefined, user.token);
    const { response } = device.create(begun.options);
    await app.app.db.query('UPDATE passkey SET credential_id = $1 WHERE id = $2', [
      Buffer.from(JSON.parse(response).id, 'base64url'),
      foreign.id,
    ]);
    expect(codes(await passkeys(app, 'addPasskey', { response, name: 'x' }, user.token))).toEqual(refused);
  });

  it('are renamed, and removed with a notice and the end of other sessions', async () => {
    const [key, second] = [await addPasskey(app, user, device), await addPasskey(app, user, device)];
    const renamed = await passkeys(app, 'renamePasskey', { passkeyId: key.id, name: ' My key ' }, user.token);
    expect(renamed.viewer.passkeys).toContainEqual({ id: key.id, name: 'My key' });
    for (const name of ['', 'x'.repeat(61)])
      expect(
        codes(await passkeys(app, 'renamePasskey', { passkeyId: key.id, name }, user.token)),
      ).toHaveLength(1);

    const { session } = await finish(device.sign(await begin(), key));
    const waiting = device.sign(await begin(), key);
    await makeRecoveryCodes(app, user);
    const removal = { passkeyId: key.id };
    const removed = await passkeys(app, 'removePasskey', removal, user.token);
    expect(removed.viewer).toEqual({ passkeys: [{ id: second.id }], recoveryCodesLeft: 10 });
    expect([await isAlive(app, session.accessToken), await isAlive(app, user.token)]).toEqual([false, true]);
    expect(codes(await finish(waiting))).toEqual(refused);
    const kinds = ['PASSKEY_ADDED', 'PASSKEY_ADDED', 'RECOVERY_CODES_MADE', 'PASSKEY_REMOVED'];
    expect(await kindsTo(app, user)).toEqual(kinds);
    // Without any passkey the codes have no use.
    const last = { passkeyId: second.id };
    expect((await passkeys(app, 'removePasskey', last, user.token)).viewer).toEqual({
      passkeys: [],
      recoveryCodesLeft: 0,
    });
  });

  it('are ten at most, also where two are added at the same moment', async () => {
    for (let n = 0; n < 9; n += 1) await addPasskey(app, user, device);
    const begun = [0, 1].map(() => passkeys(app, 'beginAddPasskey', undefined, user.token));
    const answers = (await Promise.all(begun)).map(({ options }) => device.create(options).response);
    const added = answers.map((response) => passkeys(app, 'addPasskey', { response, name: 'x' }, user.token));
    expect((await Promise.all(added)).map(codes).sort()).toEqual([[], ['LIMIT_REACHED']]);
    expect(codes(await passkeys(app, 'beginAddPasskey', undefined, user.token))).toEqual(['LIMIT_REACHED']);
  });

  it('are not added by a session that has ended meanwhile', async () => {
    const { options } = await passkeys(app, 'beginAddPasskey', undefined, user.token);
    const { response } = device.create(options);
    await app.app.db.query('UPDATE session SET revoked_at = now() WHERE account_id = $1', [user.accountId]);
    const answer = await app.query(
      'mutation ($input: AddPasskeyInput!) { addPasskey(input: $input) { passkey { id } } }',
      { input: { response, name: 'x' } },
      { token: user.token },
    );
    expect(answer.status).toBe(401);
  });

  it('end when somebody else proves the address, or chooses a new password by mail', async () => {
    const key = await addPasskey(app, user, device);
    await makeRecoveryCodes(app, user);
    const request =
      'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }';
    await app.data(request, { input: { email: user.email } });
    const [mail] = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PASSWORD_RESET'`,
      [user.email],
    );
    const token = /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1];
    const reset = { token, password: 'another horse, another battery' };
    const { session } = await passkeys(app, 'resetPassword', reset);
    expect(session).not.toBeNull();
    expect(codes(await finish(device.sign(await begin(), key)))).toEqual(refused);
    const [{ left } = { left: -1 }] = await app.app.db.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM recovery_code WHERE account_id = $1',
      [user.accountId],
    );
    expect(left).toBe(0);
  });

  it('end with an unconfirmed account that its address’s owner takes over by signing up', async () => {
    const key = await addPasskey(app, user, device);
    await app.app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [user.accountId]);
    const { signUp } = await app.data(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { confirmation { secret } } }',
      { input: { email: user.email, name: 'The owner', password: 'another horse, another battery' } },
    );
    const [mail] = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = $1 AND kind = 'SIGN_UP'`,
      [user.email],
    );
    await app.data(
      'mutation ($input: ConfirmSignUpInput!) { confirmSignUp(input: $input) { session { accessToken } } }',
      { input: { token: /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1], secret: signUp.confirmation.secret } },
    );
    expect(codes(await finish(device.sign(await begin(), key)))).toEqual(refused);
  });

  it('go with their account', async () => {
    await addPasskey(app, user, device);
    await makeRecoveryCodes(app, user);
    await erasureOf(app, {}).erase(user.email);
    for (const table of ['passkey', 'recovery_code'])
      expect(await app.app.db.query(`SELECT FROM ${table} WHERE account_id = $1`, [user.accountId])).toEqual(
        [],
      );
  });
});
