/**
 * The recent proof that operations take: which do, what gives one, and what ends it.
 * @database either
 * @seconds 15
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { buildFederatedSchema } from '../../../../src/platform/feature/api-schema.ts';
import { features } from '../../../../src/app/features.ts';
import { takesProof } from '../../../../src/platform/graphql/needs-scope.ts';
import { globalId } from '../../../support/article-states.ts';
import { TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { addPasskey, Authenticator, passkeys, setProven } from '../../../support/authenticator.ts';
import { eventually } from '../../../support/eventually.ts';
import { challengeOf, CookieBrowser, issuerSettings, TestIssuer } from '../../../support/issuer.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { sessionOf } from '../../../support/sessions.ts';
import { addToken } from '../../../support/tokens.ts';

const settings = {
  ...noMailWork,
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: '1000',
  MAX_MAILS_PER_SENDER_PER_HOUR: '1000',
};
const clock = new PinnedClock();
const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code);

/** Every operation that takes a recent proof, with an input that is refused for another reason once there is one. */
const proven: Readonly<Record<string, object | undefined>> = {
  addPasskey: { response: 'none', name: 'x' },
  beginAddPasskey: undefined,
  changeEmail: { email: 'nobody' },
  changePassword: { newPassword: '' },
  createRecoveryCodes: undefined,
  createServiceAccount: { name: '' },
  createToken: { name: '', expiresAt: '2020-01-01T00:00:00Z' },
  createWebhook: {
    name: '',
    url: 'none',
    document: '',
    serviceAccountId: globalId('ServiceAccount', '999999'),
  },
  endOtherSessions: undefined,
  endSession: { sessionId: 'none' },
  grantRole: { personId: globalId('Person', '999999'), role: 'READER' },
  keepWebhook: { webhookId: globalId('Webhook', '999999') },
  linkLogin: { code: 'none', secret: 'none' },
  payOut: { campaignId: globalId('Campaign', '999999'), amount: '1', destination: 'none' },
  removePasskey: { passkeyId: 'none' },
  requestErasure: undefined,
  revokeRole: { personId: globalId('Person', '999999'), role: 'READER' },
  rotateWebhookSecret: { webhookId: globalId('Webhook', '999999') },
  unlinkLogin: { loginId: 'none' },
};

/** Sends a mutation. @returns the code of its first error or refusal; undefined: it has done its work */
async function outcomeOf(app: TestApp, name: string, input: object | undefined, token: string) {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const [declared, given] = input ? [`($input: ${type})`, '(input: $input)'] : ['', ''];
  const document = `mutation ${declared} { ${name}${given} { userErrors { code } } }`;
  const { data, errors } = await app.query(document, input ? { input } : {}, { token });
  return (errors?.[0]?.extensions.code ?? data[name].userErrors[0]?.code) as string | undefined;
}

describe('a recent proof', () => {
  const service = useApp(settings, { mailTransport: noTransport, clock });
  let app: TestApp;
  let user: TestUser;

  beforeEach(async () => {
    app = service();
    clock.set(new Date());
    user = await app.signUp('Ada Example', 'ADMINISTRATOR');
  });

  const provenUntil = async (token = user.token): Promise<string | null> =>
    (await app.data('{ viewer { provenUntil } }', {}, token)).viewer.provenUntil;
  const signIn = async (): Promise<{ accessToken: string; refreshToken: string }> =>
    (await passkeys(app, 'signIn', { email: user.email, password: user.password })).session;
  const prove = (password = user.password, token = user.token) =>
    passkeys(app, 'proveByPassword', { password }, token);

  it('is what exactly these operations take, and their descriptions say so', () => {
    const fields = Object.values(buildFederatedSchema(features).getMutationType()?.getFields() ?? {});
    const marked = fields.filter(takesProof);
    expect(marked.map(({ name }) => name).sort()).toEqual(Object.keys(proven).sort());
    for (const { description } of marked) expect(description).toContain('(PROOF_REQUIRED).');
  });

  it('is asked for before anything else of them, by documents that take another field or a fragment as well', async () => {
    clock.advance(600);
    for (const [name, input] of Object.entries(proven))
      expect([name, await outcomeOf(app, name, input, user.token)]).toEqual([name, 'PROOF_REQUIRED']);
    const document = `mutation { changeName(input: { name: "Changed" }) { viewer { name } } ...more }
      fragment more on Mutation { ... on Mutation { later: requestErasure { viewer { eraseAt } } } }`;
    const { data, errors } = await app.query(document, {}, { token: user.token });
    expect([data, errors?.[0]?.extensions.code]).toEqual([undefined, 'PROOF_REQUIRED']);
    const { viewer } = await app.data('{ viewer { name eraseAt } }', {}, user.token);
    expect(viewer).toEqual({ name: 'Ada Example', eraseAt: null });
  });

  it('is a sign-in for ten minutes, and the password for ten more', async () => {
    expect(await provenUntil()).toBe(new Date(clock.now().getTime() + 600_000).toISOString());
    clock.advance(599);
    expect(await outcomeOf(app, 'createRecoveryCodes', undefined, user.token)).toBe('WRONG_STATUS');
    clock.advance(1);
    expect(await provenUntil()).toBeNull();
    expect(await outcomeOf(app, 'createRecoveryCodes', undefined, user.token)).toBe('PROOF_REQUIRED');
    expect(codes(await prove('another horse'))).toEqual(['WRONG_CREDENTIALS']);
    expect(await provenUntil()).toBeNull();
    const until = new Date(clock.now().getTime() + 600_000).toISOString();
    expect(await prove()).toEqual({ provenUntil: until, userErrors: [] });
    expect(await outcomeOf(app, 'createRecoveryCodes', undefined, user.token)).toBe('WRONG_STATUS');
  });

  it('is a passkey of the account, whose answer proves once, in the session that asked', async () => {
    const device = new Authenticator(app.url);
    const key = await addPasskey(app, user, device);
    const other = (await signIn()).accessToken;
    clock.advance(600);
    const ask = async (token: string): Promise<string> =>
      (await passkeys(app, 'beginPasskeyProof', undefined, token)).options;
    const answer = (response: string, token: string) => passkeys(app, 'proveByPasskey', { response }, token);
    const response = device.sign(await ask(user.token), key);
    expect(codes(await answer(response, other))).toEqual(['CHALLENGE_INVALID']);
    expect(codes(await answer(response, user.token))).toEqual([]);
    expect([await provenUntil(), await provenUntil(other)]).toEqual([expect.any(String), null]);
    await setProven(app, user.token, null);
    expect(codes(await answer(response, user.token))).toEqual(['CHALLENGE_INVALID']);
    expect(await provenUntil()).toBeNull();
    const twice = await ask(user.token);
    const both = [device.sign(twice, key), device.sign(twice, key)];
    const outcomes = await Promise.all(both.map((each) => answer(each, user.token)));
    expect(outcomes.map(codes).sort()).toEqual([[], ['CHALLENGE_INVALID']]);
  });

  it('stays with its session through refreshes, and helps no other one', async () => {
    const { accessToken, refreshToken } = await signIn();
    clock.advance(600);
    await prove();
    expect(await provenUntil(accessToken)).toBeNull();
    await prove(user.password, accessToken);
    clock.advance(31);
    const { refreshSession } = await app.data(
      'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { session { accessToken } } }',
      { input: { refreshToken } },
    );
    const refreshed: string = refreshSession.session.accessToken;
    expect(await provenUntil(refreshed)).toBe(await provenUntil(accessToken));
    clock.advance(569);
    expect(await outcomeOf(app, 'requestErasure', undefined, refreshed)).toBe('PROOF_REQUIRED');
  });

  describe('that was refused twenty times in a row', () => {
    const refused = async (times: number, token: string): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        // The session's attempts of a minute are a bound of their own.
        if (time % 10 === 9) clock.advance(61);
        expect(codes(await prove('another horse', token))).toEqual(['WRONG_CREDENTIALS']);
      }
    };
    const notices = () =>
      app.app.db.query<{ text: string }>(
        `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PROOFS_REFUSED'`,
        [user.email],
      );
    const isAlive = async (token: string): Promise<boolean> =>
      (await app.query('{ viewer { id } }', {}, { token })).errors === undefined;

    it('ends its session alone, whichever way was tried, and the owner is told once', async () => {
      const { accessToken: token } = await signIn();
      await refused(18, token);
      clock.advance(61);
      expect(codes(await passkeys(app, 'proveByPasskey', { response: 'none' }, token))).not.toEqual([]);
      const input = { code: 'none', secret: 'none' };
      // The twentieth, and two that were sent with it.
      const last = await Promise.all([0, 1, 2].map(() => outcomeOf(app, 'proveBySignIn', input, token)));
      expect(last).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
      expect([await isAlive(token), await isAlive(user.token)]).toEqual([false, true]);
      expect(
        (await notices()).map(({ text }) => /failed 20 times[^]*end its other sessions/.test(text)),
      ).toEqual([true]);
    });

    it('is one fewer after a right one, and after none that the service could not look at', async () => {
      const { accessToken: token } = await signIn();
      await refused(19, token);
      clock.advance(61);
      await app.app.db.query(
        `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$`,
      );
      await app.app.db.query('CREATE TRIGGER fail BEFORE DELETE ON pending_login EXECUTE FUNCTION fail()');
      await app.app.db.query(
        `INSERT INTO pending_login (hash, secret_hash, issuer, subject, name, roles, expires_at)
         VALUES (sha256('code'), sha256('secret'), 'https://issuer.example.org', 'ada', 'Ada', '{}', 'infinity')`,
      );
      try {
        const input = { code: 'code', secret: 'secret' };
        for (let time = 0; time < 2; time += 1)
          expect(await outcomeOf(app, 'proveBySignIn', input, token)).toBe('INTERNAL_SERVER_ERROR');
      } finally {
        await app.app.db.query('DROP FUNCTION fail CASCADE');
      }
      expect(codes(await prove(user.password, token))).toEqual([]);
      await refused(19, token);
      expect([await isAlive(token), (await notices()).length]).toEqual([true, 0]);
    });
  });

  it('can not be given by a machine token, whatever its account has proven', async () => {
    const { secret } = await addToken(app, user, { scopes: ['READ', 'ADMINISTER'] });
    for (const [name, input] of Object.entries({ ...proven, proveByPassword: { password: user.password } }))
      expect([name, await outcomeOf(app, name, input, secret)]).toEqual([
        name,
        // The one that a token runs by its scope, without a proof.
        name === 'createWebhook' ? 'EMPTY_TEXT' : 'FORBIDDEN',
      ]);
  });

  it('is asked for by one’s own data', async () => {
    const download = async () => {
      const response = await fetch(`${app.url}/account/data`, {
        headers: { authorization: `Bearer ${user.token}` },
      });
      return [response.status, JSON.parse(await response.text()).errors?.[0].extensions.code];
    };
    expect(await download()).toEqual([200, undefined]);
    clock.advance(600);
    expect(await download()).toEqual([403, 'PROOF_REQUIRED']);
    await prove();
    expect(await download()).toEqual([200, undefined]);
  });

  it.each(['requestErasure', 'changePassword', 'grantRole'] as const)(
    'that is gone, or whose session has ended, by the time of the change does not count: %s',
    async (name) => {
      const person = await app.signUp();
      const inputs = {
        requestErasure: undefined,
        changePassword: { newPassword: 'another horse, another battery' },
        grantRole: { personId: globalId('Person', person.accountId), role: 'EDITOR' },
      };
      for (const [change, code] of [
        ['revoked_at = now()', 'UNAUTHENTICATED'],
        ['proven_at = NULL', 'PROOF_REQUIRED'],
      ] as const) {
        const { accessToken } = await signIn();
        const asked = await app.app.db.transaction(async (tx) => {
          await tx.query('SELECT FROM session WHERE id = $1 FOR UPDATE', [sessionOf(accessToken)]);
          const outcome = outcomeOf(app, name, inputs[name], accessToken);
          await eventually('the request waits', async () => {
            const waiting = await app.app.db.query(
              `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            );
            return waiting.length > 0;
          });
          await tx.query(`UPDATE session SET ${change} WHERE id = $1`, [sessionOf(accessToken)]);
          return { outcome };
        });
        expect(await asked.outcome).toBe(code);
      }
      const { viewer } = await app.data('{ viewer { eraseAt } }', {}, user.token);
      expect(viewer.eraseAt).toBeNull();
    },
  );
});

describe('a sign-in at another site', () => {
  let checkLeaks: () => Promise<void>;
  let paper: TestIssuer;
  let app: TestApp;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    paper = await TestIssuer.start();
    app = await TestApp.start(
      { ...settings, ...issuerSettings(paper.settings('paper')) },
      { clock, mailTransport: noTransport },
    );
    await paper.open(`${app.url}/sign-in/paper/callback`);
  });
  afterAll(async () => {
    await app.close();
    await paper.close();
    await checkLeaks();
  });
  beforeEach(() => {
    clock.set(new Date());
    paper.forge = undefined;
  });

  /** Goes to the issuer and back. */
  async function goToPaper(prompt = '&prompt=login'): Promise<{ code: string; secret: string }> {
    const browser = new CookieBrowser();
    const begin = `${app.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}${prompt}`;
    const { hash } = new URL(await browser.follow(begin, `${app.url}/finish-sign-in#`));
    return { code: new URLSearchParams(hash.slice(1)).get('code') ?? '', secret: browser.secret };
  }
  const send = async (name: string, input: object, fields: string, token?: string): Promise<any> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message } } }`;
    return (await app.data(document, { input }, token))[name];
  };
  const signIn = async (prompt?: string): Promise<string> =>
    (await send('finishSignIn', await goToPaper(prompt), 'session { accessToken }')).session.accessToken;
  const prove = async (token: string, given?: { code: string; secret: string }) =>
    send('proveBySignIn', given ?? (await goToPaper()), 'provenUntil', token);
  const provenUntil = async (token: string): Promise<string | null> =>
    (await app.data('{ viewer { provenUntil } }', {}, token)).viewer.provenUntil;

  it('proves an account without a password, which has itself erased, and changes neither address nor password', async () => {
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    const token = await signIn();
    clock.advance(600);
    const input = { email: `${randomUUID()}@example.org` };
    expect(await outcomeOf(app, 'changeEmail', input, token)).toBe('PROOF_REQUIRED');
    clock.set(new Date());
    await setProven(app, token, null);
    expect(codes(await prove(token))).toEqual([]);
    // Another site's word makes no password, nor an address to which one would be mailed; the page can know before.
    const rests = async (by: string): Promise<boolean> =>
      (await app.data('{ viewer { restsOnAnotherSite } }', {}, by)).viewer.restsOnAnotherSite;
    expect([await rests(token), await rests((await app.signUp()).token)]).toEqual([true, false]);
    expect(await outcomeOf(app, 'changeEmail', input, token)).toBe('WRONG_STATUS');
    expect(await app.app.db.query('SELECT FROM mail WHERE recipient = $1', [input.email])).toEqual([]);
    expect(await outcomeOf(app, 'changePassword', { newPassword: 'another horse, another' }, token)).toBe(
      'WRONG_STATUS',
    );
    expect(await outcomeOf(app, 'requestErasure', undefined, token)).toBeUndefined();
  });

  it('begins with a proof only if the site was told to ask, and says when it did', async () => {
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    expect(await provenUntil(await signIn(''))).toBeNull();
    expect(await provenUntil(await signIn())).not.toBeNull();
    paper.forge = ({ auth_time: _, ...claims }) => claims;
    expect(await provenUntil(await signIn())).toBeNull();
  });

  it('proves nothing if the site was not told to ask, has not said when it did, or has not asked', async () => {
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    const token = await signIn();
    await setProven(app, token, null);
    const refusal = async (forge?: TestIssuer['forge'], prompt?: string): Promise<string> => {
      paper.forge = forge;
      const { provenUntil: until, userErrors } = await prove(token, await goToPaper(prompt));
      expect([until, codes({ userErrors })]).toEqual([null, ['LOGIN_EXPIRED']]);
      return userErrors[0].message;
    };
    const now = Math.floor(Date.now() / 1000);
    // The browser takes the prompt out of the address, and the site asks nobody.
    expect(await refusal(undefined, '')).toContain('was not told to ask you');
    expect(await refusal(({ auth_time: _, ...claims }) => claims)).toContain('has not said when');
    expect(await refusal((claims) => ({ ...claims, auth_time: now - 120 }))).toContain('not asked you to');
    expect(await refusal((claims) => ({ ...claims, auth_time: now + 300 }))).toContain('is ahead of');
    expect(await provenUntil(token)).toBeNull();
    paper.forge = (claims) => ({ ...claims, auth_time: Math.floor(clock.now().getTime() / 1000) + 30 });
    const { provenUntil: until } = await prove(token);
    expect(Date.parse(until) - clock.now().getTime()).toBe(600_000);
  });

  it('proves nothing twice, nothing of another account, and nothing if the site asked too long ago', async () => {
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    const token = await signIn();
    const given = await goToPaper();
    const stranger = await app.signUp();
    expect(codes(await prove(stranger.token, given))).toEqual(['WRONG_CREDENTIALS']);
    expect(codes(await prove(token, given))).toEqual([]);
    expect(codes(await prove(token, given))).toEqual(['LOGIN_EXPIRED']);
    const late = await goToPaper();
    await app.app.db.query(`UPDATE pending_login SET authenticated_at = $1, asked_at = $1`, [
      new Date(clock.now().getTime() - 600_000),
    ]);
    expect(codes(await prove(token, late))).toEqual(['LOGIN_EXPIRED']);
    const recent = await goToPaper();
    await app.app.db.query(`UPDATE pending_login SET authenticated_at = $1, asked_at = $1`, [
      new Date(clock.now().getTime() - 590_000),
    ]);
    const { provenUntil: until } = await prove(token, recent);
    expect(Date.parse(until) - clock.now().getTime()).toBe(10_000);
  });

  it('proves no account with a password that has not linked the login itself, nor one of staff', async () => {
    const user = await app.signUp();
    paper.add({ email: user.email, email_verified: true });
    await app.app.db.query(
      `INSERT INTO login (account_id, issuer, subject, roles, created_at, used_at)
       SELECT $1::bigint, $2, $3, '{}', now(), now()`,
      [user.accountId, paper.url, paper.person],
    );
    await setProven(app, user.token, null);
    expect(codes(await prove(user.token))).toEqual(['WRONG_CREDENTIALS']);
    await app.app.db.query(`UPDATE account SET password_hash = '!' WHERE id = $1`, [user.accountId]);
    expect(codes(await prove(user.token))).toEqual([]);
    await app.app.db.query(`UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = $1`, [user.accountId]);
    expect(codes(await prove(user.token))).toEqual(['WRONG_CREDENTIALS']);
    await app.app.db.query(`UPDATE login SET linked_by = '' WHERE account_id = $1`, [user.accountId]);
    expect(codes(await prove(user.token))).toEqual([]);
  });

  it('ends in its session no login that the account’s holder has linked, but those that the site has', async () => {
    const email = `${randomUUID()}@example.org`;
    const own = paper.add({ email, email_verified: true });
    const token = await signIn();
    await app.app.db.query(
      `INSERT INTO login (account_id, issuer, subject, roles, created_at, used_at, linked_by)
       SELECT account_id, 'https://other.example.org', subject, '{}'::text[], now(), now(), '' FROM login WHERE subject = $1
       UNION ALL SELECT account_id, 'https://third.example.org', subject, '{}', now(), now(), $2::text FROM login WHERE subject = $1`,
      [own, paper.url],
    );
    const { viewer } = await app.data('{ viewer { linkedLogins { id name } } }', {}, token);
    const idOf = (name: string): string =>
      viewer.linkedLogins.find((login: { name: string }) => login.name.includes(name)).id;
    expect(await outcomeOf(app, 'unlinkLogin', { loginId: idOf('other') }, token)).toBe('WRONG_STATUS');
    expect(await outcomeOf(app, 'unlinkLogin', { loginId: idOf('third') }, token)).toBeUndefined();
    const again = await app.data('{ viewer { linkedLogins { id } } }', {}, token);
    expect(again.viewer.linkedLogins).toHaveLength(2);
  });

  it('is taken back when the person signs out there, and with the login', async () => {
    const user = await app.signUp();
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    const linked = await send('linkLogin', await goToPaper(''), 'viewer { linkedLogins { id } }', user.token);
    await setProven(app, user.token, null);
    expect(codes(await prove(user.token))).toEqual([]);
    expect(await provenUntil(user.token)).not.toBeNull();
    const notice = await fetch(`${app.url}/sign-in/paper/logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await paper.logoutToken({ sub: paper.person }) }),
    });
    expect(notice.status).toBe(200);
    expect(await provenUntil(user.token)).toBeNull();
    expect(codes(await prove(user.token))).toEqual([]);
    const [{ id: loginId }] = linked.viewer.linkedLogins;
    expect(await outcomeOf(app, 'unlinkLogin', { loginId }, user.token)).toBeUndefined();
    expect(await provenUntil(user.token)).toBeNull();
  });
});
