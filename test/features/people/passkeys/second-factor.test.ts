/**
 * The second factor of staff, over everything that carries requests.
 * @database either
 * @seconds 15
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { addPasskey, Authenticator, makeRecoveryCodes, passkeys } from '../../../support/authenticator.ts';
import { EventStream } from '../../../support/event-stream.ts';
import { eventually } from '../../../support/eventually.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { addToken } from '../../../support/tokens.ts';

const clock = new PinnedClock();
const settings = {
  ...noMailWork,
  STAFF_SECOND_FACTOR: 'true',
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: '1000',
  MAX_MAILS_PER_SENDER_PER_HOUR: '1000',
};

const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code);

const events = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
  __typename ... on CommentEvent { comment { bodyText viewerCanRemove } } } }`;

const held = '{ heldComments { totalCount } }';

describe('where staff have to prove a second factor', () => {
  const service = useApp(settings, { mailTransport: noTransport, clock });
  let app: TestApp;
  let staff: TestUser;
  let device: Authenticator;

  beforeEach(async () => {
    app = service();
    clock.set(new Date());
    staff = await app.signUp('Mo Example', 'MODERATOR');
    device = new Authenticator(app.url);
  });
  afterEach(() => app.live.close());

  const mayModerate = async (token: string): Promise<boolean> => {
    const { errors } = await app.query(held, {}, { token });
    if (errors) expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    return !errors;
  };
  const mustProve = async (token: string): Promise<boolean> =>
    (await app.data('{ viewer { mustProveSecondFactor } }', {}, token)).viewer.mustProveSecondFactor;
  const signIn = (user = staff) => passkeys(app, 'signIn', { email: user.email, password: user.password });
  const refresh = async (refreshToken: string): Promise<string> => {
    const mutation =
      'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { session { accessToken } } }';
    return (await app.data(mutation, { input: { refreshToken } })).refreshSession.session.accessToken;
  };
  const signInWithPasskey = async (key: Parameters<Authenticator['sign']>[1]) => {
    const { options } = await passkeys(app, 'beginPasskeySignIn');
    return passkeys(app, 'finishPasskeySignIn', { response: device.sign(options, key) });
  };

  it('a session that has proven a password has no rights of staff, until it adds the first passkey', async () => {
    const { session, secondStep } = await signIn();
    expect(secondStep).toBeNull();
    for (const token of [session.accessToken, await refresh(session.refreshToken)]) {
      expect(await mayModerate(token)).toBe(false);
      expect(await mustProve(token)).toBe(true);
    }
    const { accessToken: token } = session;
    const begun = await passkeys(app, 'beginAddPasskey', undefined, token);
    const { response } = device.create(begun.options);
    const added = await passkeys(app, 'addPasskey', { response, name: 'A key' }, token);
    expect(added).toMatchObject({ passkey: { name: 'A key' }, userErrors: [] });
    for (const each of [token, await refresh(session.refreshToken)]) {
      expect(await mayModerate(each)).toBe(true);
      expect(await mustProve(each)).toBe(false);
    }
    // The session of the sign-up has proven nothing more.
    expect(await mayModerate(staff.token)).toBe(false);
  });

  it('everybody else signs in as ever, and keeps the rights of a journalist', async () => {
    const journalist = await app.signUp('Ada Example', 'JOURNALIST');
    await addPasskey(app, journalist, device);
    const { session, secondStep } = await signIn(journalist);
    expect(secondStep).toBeNull();
    expect(await mustProve(session.accessToken)).toBe(false);
    const article =
      'mutation ($input: CreateArticleInput!) { createArticle(input: $input) { userErrors { code } } }';
    const input = { title: 'A title', body: 'A text.' };
    const { createArticle } = await app.data(article, { input }, session.accessToken);
    expect(createArticle.userErrors).toEqual([]);
  });

  it('a passkey begins a session with all rights, and a password begins none beside it', async () => {
    const key = await addPasskey(app, staff, device);
    const answer = await signIn();
    expect(answer).toMatchObject({ session: null, viewer: null, userErrors: [] });
    expect(answer.secondStep.expiresAt).toBe(
      new Date(Math.floor(+clock.now() / 1000 + 300) * 1000).toISOString(),
    );
    const { session } = await signInWithPasskey(key);
    expect(await mayModerate(session.accessToken)).toBe(true);
    expect(await mayModerate(await refresh(session.refreshToken))).toBe(true);
    expect(codes(await passkeys(app, 'signIn', { email: staff.email, password: 'wrong' }))).toEqual([
      'WRONG_CREDENTIALS',
    ]);
  });

  it('open sockets and event streams have the rights of their session, and get them while they are open', async () => {
    const { id: articleId } = await app.addArticle();
    const author = await app.signUp();
    const client = app.live.client({ token: staff.token });
    const socket = app.live.subscribe(events, { articleId }, client);
    const headers = { authorization: `Bearer ${staff.token}` };
    const stream = await EventStream.open(app.url, { query: events, variables: { articleId }, headers });
    await socket.waitFor(1, 'ArticleCheckpoint');
    let posted = 0;
    const shown = async () => {
      const body = `Comment ${(posted += 1)}`;
      await app.addComment(author, { articleId, body });
      return eventually(body, () => {
        const found = [socket.events, stream.events].map((list: any[]) =>
          list.find((event) => event.comment?.bodyText === body),
        );
        return (
          found.every((event) => event !== undefined) && found.map(({ comment }) => comment.viewerCanRemove)
        );
      });
    };
    expect(await shown()).toEqual([false, false]);
    await addPasskey(app, staff, device);
    await eventually('the rights to count', async () => (await shown()).every((may: boolean) => may));
    stream.abort();
    await stream.end();
  });

  it('a token has no more rights than the session that made it', async () => {
    const grant = { scopes: ['READ', 'MODERATE'] as const };
    const weak = await addToken(app, staff, grant);
    expect(await mayModerate(weak.secret)).toBe(false);
    expect(await mustProve(weak.secret)).toBe(true);
    await addPasskey(app, staff, device);
    const strong = await addToken(app, staff, grant);
    expect([await mayModerate(strong.secret), await mayModerate(weak.secret)]).toEqual([true, false]);
  });

  it('a password alone adds no second passkey, removes none, and makes no codes; a passkey does', async () => {
    const { session } = await signIn();
    const key = await addPasskey(app, staff, device);
    const token = session.accessToken;
    const required = ['PROOF_REQUIRED'];
    const byPassword = { password: staff.password };
    expect(codes(await passkeys(app, 'proveByPassword', byPassword, token))).toEqual([
      'SECOND_FACTOR_REQUIRED',
    ]);
    const removal = { passkeyId: key.id };
    expect(codes(await passkeys(app, 'beginAddPasskey', undefined, token))).toEqual(required);
    expect(codes(await passkeys(app, 'removePasskey', removal, token))).toEqual(required);
    expect(codes(await passkeys(app, 'createRecoveryCodes', undefined, token))).toEqual(required);
    expect(await mayModerate(token)).toBe(false);

    const { options } = await passkeys(app, 'beginPasskeyProof', undefined, token);
    const response = device.sign(options, key);
    expect(codes(await passkeys(app, 'proveByPasskey', { response }, token))).toEqual([]);
    expect((await passkeys(app, 'createRecoveryCodes', undefined, token)).codes).toHaveLength(10);
    expect(await mayModerate(token)).toBe(true);
  });

  it('nor does a password that was proven before there was a passkey', async () => {
    const { session } = await signIn();
    const { options } = await passkeys(app, 'beginAddPasskey', undefined, session.accessToken);
    await addPasskey(app, staff, device);
    const { response } = device.create(options);
    const added = await passkeys(app, 'addPasskey', { response, name: 'x' }, session.accessToken);
    expect(codes(added)).toEqual(['PROOF_REQUIRED']);
    expect(await mayModerate(session.accessToken)).toBe(false);
  });

  it('the last passkey stays', async () => {
    const [key, second] = [await addPasskey(app, staff, device), await addPasskey(app, staff, device)];
    const remove = (passkeyId: string) => passkeys(app, 'removePasskey', { passkeyId }, staff.token);
    expect(codes(await remove(key.id))).toEqual([]);
    expect(codes(await remove(second.id))).toEqual(['WRONG_STATUS']);
  });

  it('a recovery code replaces the passkey once, after the password, and tells the address', async () => {
    await addPasskey(app, staff, device);
    expect(codes(await passkeys(app, 'createRecoveryCodes', undefined, staff.token))).toEqual([]);
    const [code = '', next = ''] = await makeRecoveryCodes(app, staff);
    expect(code).toMatch(/^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/);
    const stored = await app.app.db.query<{ row: string }>('SELECT r::text AS row FROM recovery_code r');
    expect(stored.map(({ row }) => row).join()).not.toContain(code.replaceAll('-', ''));

    const use = (token: string, recoveryCode: string) =>
      passkeys(app, 'signInWithRecoveryCode', { token, recoveryCode });
    const { secondStep: step } = await signIn();
    for (const wrong of ['', 'aaaa-bbbb-cccc-dddd', 'x'.repeat(1000)])
      expect(codes(await use(step.token, wrong))).toEqual(['WRONG_CREDENTIALS']);
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `;
    const { session } = await use(step.token, typed);
    expect(await mayModerate(session.accessToken)).toBe(true);
    // Neither the step nor the code serves again.
    expect(codes(await use(step.token, next))).toEqual(['CHALLENGE_INVALID']);
    const { secondStep: later } = await signIn();
    expect(codes(await use(later.token, code))).toEqual(['WRONG_CREDENTIALS']);
    const { viewer } = await app.data('{ viewer { recoveryCodesLeft } }', {}, session.accessToken);
    expect(viewer.recoveryCodesLeft).toBe(9);
    const mails = await app.app.db.query<{ kind: string }>('SELECT kind FROM mail WHERE recipient = $1', [
      staff.email,
    ]);
    expect(mails.filter(({ kind }) => kind === 'RECOVERY_CODE_USED')).toHaveLength(1);
    // Codes of before end with a new set.
    const [fresh = ''] = await makeRecoveryCodes(app, staff);
    expect(codes(await use(later.token, next))).toEqual(['WRONG_CREDENTIALS']);
    expect(codes(await use(later.token, fresh))).toEqual([]);
  });

  it('one of two sign-ins with the same code at the same moment succeeds', async () => {
    await addPasskey(app, staff, device);
    const [recoveryCode] = await makeRecoveryCodes(app, staff);
    const steps = [await signIn(), await signIn()];
    const both = steps.map(({ secondStep: { token } }) =>
      passkeys(app, 'signInWithRecoveryCode', { token, recoveryCode }),
    );
    expect((await Promise.all(both)).map(codes).sort()).toEqual([[], ['WRONG_CREDENTIALS']]);
  });

  it('a second step ends after five minutes and with the password, and belongs to one account', async () => {
    await addPasskey(app, staff, device);
    const [recoveryCode] = await makeRecoveryCodes(app, staff);
    const use = (token: string) => passkeys(app, 'signInWithRecoveryCode', { token, recoveryCode });
    const { secondStep: step } = await signIn();
    const other = await app.signUp('Mo Example', 'EDITOR');
    await addPasskey(app, other, device);
    const [, ...rest] = step.token.split('.');
    const invalid = ['CHALLENGE_INVALID'];
    for (const token of ['', step.token.slice(0, -1), [other.accountId, ...rest].join('.')])
      expect(codes(await use(token))).toEqual(invalid);
    const { secondStep: foreign } = await signIn(other);
    expect(codes(await use(foreign.token))).toEqual(['WRONG_CREDENTIALS']);
    clock.advance(300);
    expect(codes(await use(step.token))).toEqual(invalid);

    const { secondStep: second } = await signIn();
    const change =
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }';
    const input = { newPassword: 'another horse, another battery' };
    await app.data(change, { input }, staff.token);
    expect(codes(await use(second.token))).toEqual(invalid);
  });

  describe('a new password by mail', () => {
    const reset = async () => {
      const request =
        'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }';
      await app.data(request, { input: { email: staff.email } });
      const [mail] = await app.app.db.query<{ text: string }>(
        `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PASSWORD_RESET'`,
        [staff.email],
      );
      const token = /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1];
      return passkeys(app, 'resetPassword', { token, password: 'another horse, another battery' });
    };

    it('is one factor: the passkeys stay, and no session begins', async () => {
      const key = await addPasskey(app, staff, device);
      const [recoveryCode] = await makeRecoveryCodes(app, staff);
      const answer = await reset();
      expect(answer).toMatchObject({ session: null, viewer: null, userErrors: [] });
      expect(codes(await signInWithPasskey(key))).toEqual([]);
      const { token } = answer.secondStep;
      expect(codes(await passkeys(app, 'signInWithRecoveryCode', { token, recoveryCode }))).toEqual([]);
    });

    it('removes the passkeys of an account whose address nobody has proven', async () => {
      const key = await addPasskey(app, staff, device);
      await app.app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [staff.accountId]);
      const { session } = await reset();
      expect(await mayModerate(session.accessToken)).toBe(false);
      expect(codes(await signInWithPasskey(key))).toEqual(['CHALLENGE_INVALID']);
    });
  });
});

describe('answers of passkeys and recovery codes', () => {
  const service = useApp({
    ...settings,
    RATE_LIMITS: 'on',
    MAX_GUESSES_PER_MINUTE: '4',
    MAX_SIGN_INS_PER_MINUTE: '20',
  });

  it('are counted as attempts to sign in, before anything is checked', async () => {
    const app = service();
    const staff = await app.signUp('Mo Example', 'MODERATOR');
    await addPasskey(app, staff, new Authenticator(app.url));
    const { secondStep } = await passkeys(app, 'signIn', { email: staff.email, password: staff.password });
    const attempt = async (name: string, input: object) => {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { code } } }`;
      const { data, errors } = await app.query(document, { input });
      return errors?.[0]?.extensions.code ?? data[name].userErrors[0].code;
    };
    const guess = { token: secondStep.token, recoveryCode: 'aaaa-bbbb-cccc-dddd' };
    for (let n = 0; n < 4; n += 1)
      expect(await attempt('signInWithRecoveryCode', guess)).toBe('WRONG_CREDENTIALS');
    expect(await attempt('signInWithRecoveryCode', guess)).toBe('RATE_LIMITED');
    const outcomes: string[] = [];
    for (let n = 0; n < 20; n += 1) outcomes.push(await attempt('finishPasskeySignIn', { response: '{}' }));
    expect(new Set(outcomes)).toEqual(new Set(['CHALLENGE_INVALID', 'RATE_LIMITED']));
    expect(outcomes.at(-1)).toBe('RATE_LIMITED');
  });
});
