/** @database either */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { networkOf } from '../../../../src/platform/http/client-address.ts';
import { pruneDevices } from '../../../../src/features/people/account/device.queries.ts';
import { TestApp, type TestUser } from '../../../support/app.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { logAbout } from '../../../support/persons.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const [token, other] = ['a'.repeat(32), 'b'.repeat(32)];

/** What a request shows of the client. */
interface From {
  readonly address: string;
  readonly agent?: string;
  readonly device?: string;
}

describe('the devices of an account', () => {
  let app: TestApp;
  let user: TestUser;
  const clock = new PinnedClock();

  beforeAll(async () => {
    app = await TestApp.start({ ...noMailWork, TRUST_PROXY: 'true' }, { clock, mailTransport: noTransport });
  });
  afterAll(() => app.close());

  const headersOf = ({ address, agent = firefox, device }: From) => ({
    'x-forwarded-for': address,
    'user-agent': agent,
    ...(device === undefined ? {} : { 'standfirst-device': device }),
  });

  async function signIn(from: From): Promise<any> {
    const { data } = await app.query(
      'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken refreshToken } } }',
      { input: { email: user.email, password: user.password } },
      { headers: headersOf(from) },
    );
    return data.signIn.session;
  }

  const notices = () =>
    app.app.db.query<{ subject: string; text: string }>(
      `SELECT subject, text FROM mail WHERE recipient = $1 AND kind = 'NEW_DEVICE' ORDER BY created_at`,
      [user.email],
    );

  beforeEach(async () => {
    user = await app.signUp();
    await app.app.db.query('DELETE FROM account_device WHERE account_id = $1', [user.accountId]);
    await signIn({ address: '203.0.113.7', device: token });
  });

  it('say nothing at the first sign-in, and tell of one from elsewhere with what to do', async () => {
    expect(await notices()).toEqual([]);
    await signIn({ address: '198.51.100.9', agent: safari });
    const [notice, ...more] = await notices();
    expect(more).toEqual([]);
    expect(notice?.text).toContain('Safari on iPhone, in the network 198.51.100.0/24');
    expect(notice?.text).toMatch(/If it was not, open your account and end that session\./);
    expect(notice?.text).toMatch(/\/account#sessions/);
  });

  it('are recognised by the token in another network, and by network and browser without it', async () => {
    await signIn({ address: '198.51.100.9', device: token });
    await signIn({ address: '203.0.113.200' });
    await signIn({ address: '198.51.100.44' });
    expect(await notices()).toEqual([]);
    await signIn({ address: '192.0.2.1', device: other });
    expect(await notices()).toHaveLength(1);
    await signIn({ address: '198.51.100.1', device: other });
    expect(await notices()).toHaveLength(1);
  });

  it('are new again after half a year, also to an account of which old ones were deleted', async () => {
    clock.advance(400 * 24 * 3600);
    await app.app.db.transaction((tx) => pruneDevices(tx, clock.now()));
    expect(
      await app.app.db.query('SELECT FROM account_device WHERE account_id = $1', [user.accountId]),
    ).toHaveLength(1);
    await signIn({ address: '203.0.113.7', device: token });
    expect(await notices()).toHaveLength(1);
  });

  const devices = () =>
    app.app.db.query('SELECT FROM account_device WHERE account_id = $1', [user.accountId]);

  it('are forgotten at a new password, but for the one on which it was chosen', async () => {
    await signIn({ address: '198.51.100.9', agent: safari, device: other });
    const { accessToken } = await signIn({ address: '203.0.113.7', device: token });
    expect(await devices()).toHaveLength(4);
    const told = (await notices()).length;
    const password = 'another horse, another battery';
    const { data } = await app.query(
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }',
      { input: { newPassword: password } },
      { token: accessToken, headers: headersOf({ address: '203.0.113.7', device: token }) },
    );
    expect(data.changePassword.userErrors).toEqual([]);
    user = { ...user, password };
    expect(await devices()).toHaveLength(2);
    await signIn({ address: '203.0.113.7', device: token });
    expect(await notices()).toHaveLength(told);
    await signIn({ address: '198.51.100.9', agent: safari, device: other });
    expect(await notices()).toHaveLength(told + 1);
  });

  it('are forgotten at a new password by mail, all of them', async () => {
    await signIn({ address: '198.51.100.9', agent: safari, device: other });
    await app.data(
      'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }',
      {
        input: { email: user.email },
      },
    );
    const [mail] = await app.app.db.query<{ text: string }>(
      `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PASSWORD_RESET'`,
      [user.email],
    );
    const [, link] = /#([\w-]{43})$/m.exec(mail?.text ?? '') ?? [];
    const password = 'another horse, another battery';
    const { data } = await app.query(
      'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { code } } }',
      { input: { token: link, password } },
      { headers: headersOf({ address: '192.0.2.5' }) },
    );
    expect(data.resetPassword.userErrors).toEqual([]);
    expect(await devices()).toHaveLength(1);
    user = { ...user, password };
    const told = (await notices()).length;
    await signIn({ address: '203.0.113.7', device: token });
    expect(await notices()).toHaveLength(told + 1);
  });

  it.each([
    ['of staff', 'ADMINISTRATOR', 1],
    ['of a reader', 'READER', 0],
  ] as const)('are unknown at the first sign-in of an old account %s', async (_, role, count) => {
    const [old, fresh] = [await app.signUp('Old Example', role), await app.signUp('New Example', role)];
    await app.app.db.query('DELETE FROM account_device WHERE account_id = ANY($1)', [
      [old.accountId, fresh.accountId],
    ]);
    for (const [{ accountId }, days] of [
      [old, 2],
      [fresh, 0],
    ] as const)
      await app.app.db.query(`UPDATE account SET created_at = $2 WHERE id = $1`, [
        accountId,
        new Date(clock.now().getTime() - days * 24 * 3_600_000),
      ]);
    const told: number[] = [];
    for (const each of [old, fresh]) {
      user = each;
      await signIn({ address: '203.0.113.7', device: token });
      told.push((await notices()).length);
    }
    expect(told).toEqual([count, 0]);
    const known = (await logAbout(app, old.accountId)).map(({ detail }) => detail?.device);
    expect(known).toEqual(count === 0 ? [] : ['UNKNOWN']);
  });

  it('are at most fifty', async () => {
    for (let network = 0; network < 60; network += 1) await signIn({ address: `10.9.${network}.1` });
    expect(
      await app.app.db.query('SELECT FROM account_device WHERE account_id = $1', [user.accountId]),
    ).toHaveLength(50);
  });

  it('no text that the client has chosen stands in the mail', async () => {
    await signIn({ address: '198.51.100.9', agent: 'Buy this now/1.0 Windows' });
    const [notice] = await notices();
    expect(notice?.text).not.toContain('Buy this');
    expect(notice?.text).toContain('a program that is no known browser on Windows');
  });

  it('sessions show their networks, that of the last refresh too', async () => {
    const { refreshToken } = await signIn({ address: '2001:db8:5:7:8::1', agent: safari });
    clock.advance(60);
    const { data } = await app.query(
      `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { session { accessToken } } }`,
      { input: { refreshToken } },
      { headers: headersOf({ address: '198.51.100.77' }) },
    );
    const { viewer } = await app.data(
      '{ viewer { sessions { browser system network usedNetwork isCurrent } } }',
      {},
      data.refreshSession.session.accessToken,
    );
    expect(viewer.sessions[0]).toEqual({
      browser: 'Safari',
      system: 'iPhone',
      network: '2001:db8:5::/48',
      usedNetwork: '198.51.100.0/24',
      isCurrent: true,
    });
  });
});

it.each([
  ['192.0.2.130', '192.0.2.0/24'],
  ['2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['0:0:0:0::/64', '0:0:0::/48'],
  ['unknown', null],
  ['', null],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
