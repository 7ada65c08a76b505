/** @database either */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { erasureJob } from '../../../../src/features/people/account/erasure-job.ts';
import { ErasureService } from '../../../../src/features/people/erasure/erasure.service.ts';
import { erasuresOf } from '../../../../src/platform/feature/gather.ts';
import { features } from '../../../../src/app/features.ts';
import { Leases } from '../../../../src/platform/jobs/leases.ts';
import { parseConfig } from '../../../../src/platform/config/config.ts';
import { EventLog } from '../../../../src/platform/events/log.ts';
import { TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { runJob } from '../../../support/jobs.ts';
import { eventually } from '../../../support/eventually.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

const settings = {
  ...noMailWork,
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: '1000',
  MAX_MAILS_PER_SENDER_PER_HOUR: '1000',
};
const password = 'correct horse battery';
const another = 'another horse, another battery';
const newEmail = (): string => `${randomUUID()}@example.org`;
const hour = 3600;

/** Results of each mutation, as far as these tests look at them. */
const results: Readonly<Record<string, string>> = {
  signUp: 'session { accessToken } viewer { id } confirmation { email secret expiresAt }',
  signIn: 'session { accessToken refreshToken } viewer { id }',
  confirmSignUp: 'session { accessToken } viewer { id name email isEmailConfirmed }',
  requestPasswordReset: 'expiresAt',
  resetPassword: 'session { accessToken } viewer { id isEmailConfirmed }',
  changePassword: 'viewer { id }',
  changeEmail: 'expiresAt',
  requestEmailConfirmation: 'expiresAt',
  confirmEmail: 'viewer { email isEmailConfirmed }',
  changeName: 'viewer { name }',
  endSession: 'viewer { sessions { id } }',
  endOtherSessions: 'viewer { sessions { id } }',
  requestErasure: 'viewer { eraseAt }',
  cancelErasure: 'viewer { eraseAt }',
  addComment: 'comment { id }',
  editComment: 'comment { id }',
  endorse: 'endorsement { id }',
  react: 'comment { id }',
};

const withoutInput = new Set([
  'requestEmailConfirmation',
  'endOtherSessions',
  'requestErasure',
  'cancelErasure',
]);

/** Sends one mutation. @returns its payload */
async function send(
  app: TestApp,
  name: string,
  input: Record<string, unknown> = {},
  token?: string,
): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const [declared, given] = withoutInput.has(name) ? ['', ''] : [`($input: ${type})`, '(input: $input)'];
  const document = `mutation ${declared} { ${name}${given} { ${results[name]} userErrors { code message field } } }`;
  const data = await app.data(document, withoutInput.has(name) ? {} : { input }, token);
  return data[name];
}

const codes = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code);

interface KeptMail {
  readonly kind: string;
  readonly text: string;
  readonly html: string;
}

/** The mails to an address that wait, the oldest first. */
const mailsTo = (app: TestApp, email: string): Promise<KeptMail[]> =>
  app.app.db.query<KeptMail & Record<string, unknown>>(
    'SELECT kind, text, html FROM mail WHERE recipient = $1 ORDER BY created_at',
    [email],
  );

const kindsTo = async (app: TestApp, email: string): Promise<string[]> =>
  (await mailsTo(app, email)).map(({ kind }) => kind);

const tokenIn = ({ text }: KeptMail): string => /#([\w-]{43})$/m.exec(text)?.[1] ?? '';

/** The token in the last mail of a kind. */
async function tokenTo(app: TestApp, email: string, kind: string): Promise<string> {
  const mail = (await mailsTo(app, email)).findLast((each) => each.kind === kind);
  if (!mail) throw new Error(`There is no mail ${kind}`);
  return tokenIn(mail);
}

const isAlive = async (app: TestApp, token: string): Promise<boolean> =>
  (await app.query('{ viewer { id } }', {}, { token })).status === 200;

describe('accounts of a service that sends mail', () => {
  const clock = new PinnedClock();
  const service = useApp(settings, { mailTransport: noTransport, clock });
  let app: TestApp;

  beforeEach(() => {
    app = service();
    clock.set(new Date());
  });
  afterEach(() => app.app.db.query('DELETE FROM mail'));

  const signUp = async (email: string, input: Record<string, string> = {}) =>
    send(app, 'signUp', { email, password, name: 'Ada Example', ...input });
  const signIn = async (email: string, given = password) => send(app, 'signIn', { email, password: given });
  /** An account from before the service sent mail: nobody has proven its address. */
  const signUpUnproven = async (): Promise<TestUser> => {
    const user = await app.signUp();
    await app.app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [user.accountId]);
    return user;
  };

  describe('signing up', () => {
    it('opens an account by the link of a mail, and not before', async () => {
      const email = newEmail();
      const begun = await signUp(email.toUpperCase());
      expect(begun).toMatchObject({ session: null, viewer: null, confirmation: { email }, userErrors: [] });
      expect(codes(await signIn(email))).toEqual(['WRONG_CREDENTIALS']);
      const token = await tokenTo(app, email, 'SIGN_UP');

      const { secret } = begun.confirmation;
      expect(codes(await send(app, 'confirmSignUp', { token: 'x'.repeat(43), secret }))).toEqual([
        'LINK_INVALID',
      ]);
      const opened = await send(app, 'confirmSignUp', { token, secret });
      expect(opened.viewer).toMatchObject({ name: 'Ada Example', email, isEmailConfirmed: true });
      expect(await isAlive(app, opened.session.accessToken)).toBe(true);
      expect((await signIn(email)).session).not.toBeNull();
      // The link was for one time.
      expect(codes(await send(app, 'confirmSignUp', { token, secret }))).toEqual(['LINK_INVALID']);
    });

    it('needs the secret of the client that signed up, or the password: whoever only reads the mail opens nothing', async () => {
      const email = newEmail();
      await signUp(email);
      const token = await tokenTo(app, email, 'SIGN_UP');
      for (const proof of [
        {},
        { secret: 'x' },
        { password: another },
        { secret: token, password: 'y'.repeat(2000) },
      ])
        expect(codes(await send(app, 'confirmSignUp', { token, ...proof }))).toEqual(['WRONG_CREDENTIALS']);
      expect((await send(app, 'confirmSignUp', { token, password })).session).not.toBeNull();
    });

    it('ends with the link, a day later', async () => {
      const email = newEmail();
      const { confirmation } = await signUp(email);
      const token = await tokenTo(app, email, 'SIGN_UP');
      clock.advance(24 * hour + 1);
      expect(codes(await send(app, 'confirmSignUp', { token, secret: confirmation.secret }))).toEqual([
        'LINK_INVALID',
      ]);
    });

    it('answers alike for an address that has an account, and tells its owner', async () => {
      const user = await app.signUp();
      const [taken, free] = [await signUp(user.email), await signUp(newEmail())];
      const shape = ({ confirmation, ...rest }: any) => [
        rest,
        Object.keys(confirmation),
        confirmation.secret.length,
      ];
      expect(shape(taken)).toEqual(shape(free));
      expect(await kindsTo(app, user.email)).toEqual(['SIGN_UP_KNOWN']);
      const [mail] = await mailsTo(app, user.email);
      expect(tokenIn(mail!)).toBe('');
      expect((await signIn(user.email)).session).not.toBeNull();
    });

    it('writes as much for an address with an account as for another', async () => {
      const user = await app.signUp();
      const written = async (email: string) => {
        const before = await rowCounts();
        await signUp(email);
        const after = await rowCounts();
        return after.map((count, index) => count - (before[index] ?? 0));
      };
      const rowCounts = async () => {
        const [row] = await app.app.db.query<Record<string, string>>(
          `SELECT (SELECT count(*) FROM mailed_link)::text AS links, (SELECT count(*) FROM mail)::text AS mails`,
        );
        return [Number(row?.links), Number(row?.mails)];
      };
      expect(await written(user.email)).toEqual([1, 1]);
      expect(await written(newEmail())).toEqual([1, 1]);
    });

    it('of 20 that confirm one address at once, one has the account', async () => {
      const email = newEmail();
      const begun: any[] = [];
      for (let n = 0; n < 20; n += 1) begun.push(await signUp(email, { name: `Ada ${n}` }));
      const tokens = (await mailsTo(app, email)).map(tokenIn);
      const opened = await Promise.all(
        tokens.map((token, n) => send(app, 'confirmSignUp', { token, secret: begun[n].confirmation.secret })),
      );
      expect(opened.filter(({ session }) => session !== null)).toHaveLength(1);
      const [row] = await app.app.db.query<Record<string, unknown>>(
        `SELECT (SELECT count(*)::int FROM account WHERE email = $1) AS accounts,
           (SELECT count(*)::int FROM mailed_link WHERE email = $1) AS links`,
        [email],
      );
      expect(row).toEqual({ accounts: 1, links: 0 });
    });

    it('takes an account over that never proved its address: password and sessions of before end', async () => {
      const prepared = await signUpUnproven();
      const begun = await signUp(prepared.email, { password: another, name: 'The Owner' });
      // Until the mail is read, nothing changes for whoever has the account.
      expect(await isAlive(app, prepared.token)).toBe(true);
      const token = await tokenTo(app, prepared.email, 'SIGN_UP');
      const opened = await send(app, 'confirmSignUp', { token, secret: begun.confirmation.secret });
      expect(opened.viewer).toMatchObject({
        id: prepared.viewerId,
        name: 'The Owner',
        isEmailConfirmed: true,
      });
      expect(await isAlive(app, prepared.token)).toBe(false);
      expect(codes(await signIn(prepared.email))).toEqual(['WRONG_CREDENTIALS']);
      expect((await signIn(prepared.email, another)).session).not.toBeNull();
    });

    it('leaves nothing to whoever had that account: no link, no erasure', async () => {
      const prepared = await signUpUnproven();
      const theirs = newEmail();
      await send(app, 'changeEmail', { email: theirs }, prepared.token);
      await send(app, 'requestErasure', {}, prepared.token);
      const link = await tokenTo(app, theirs, 'EMAIL_CONFIRM');
      const begun = await signUp(prepared.email, { password: another });
      const token = await tokenTo(app, prepared.email, 'SIGN_UP');
      const { session } = await send(app, 'confirmSignUp', { token, secret: begun.confirmation.secret });
      const owner = session.accessToken as string;
      expect(codes(await send(app, 'confirmEmail', { token: link }, owner))).toEqual(['LINK_INVALID']);
      const { viewer } = await app.data('{ viewer { email eraseAt } }', {}, owner);
      expect(viewer).toEqual({ email: prepared.email, eraseAt: null });
    });

    it('keeps no more links for an address than mails are sent to it', async () => {
      const bounded = await TestApp.start(
        { ...settings, MAX_MAILS_PER_RECIPIENT_PER_HOUR: '6' },
        { mailTransport: noTransport, database: app.database },
      );
      const email = newEmail();
      for (let n = 0; n < 6; n += 1)
        expect(await send(bounded, 'signUp', { email, password, name: 'Ada' })).toMatchObject({
          userErrors: [],
        });
      const [row] = await app.app.db.query(
        'SELECT count(*)::int AS links FROM mailed_link WHERE email = $1',
        [email],
      );
      expect(row).toEqual({ links: 3 });
      await bounded.close();
    });

    it('lets nobody write into the mail of another', async () => {
      const email = newEmail();
      await signUp(email, { name: 'Buy now at example.org' });
      const [mail] = await mailsTo(app, email);
      expect(`${mail?.text}${mail?.html}`).not.toContain('Buy now');
    });
  });

  describe('a forgotten password', () => {
    it('is replaced by the link of a mail, and ends all sessions', async () => {
      const user = await app.signUp();
      expect(codes(await send(app, 'requestPasswordReset', { email: user.email }))).toEqual([]);
      const token = await tokenTo(app, user.email, 'PASSWORD_RESET');
      expect(codes(await send(app, 'resetPassword', { token, password: 'password1' }))).toEqual([
        'INVALID_INPUT',
      ]);
      const reset = await send(app, 'resetPassword', { token, password: another });
      expect(reset.viewer).toMatchObject({ id: user.viewerId, isEmailConfirmed: true });
      expect(await isAlive(app, reset.session.accessToken)).toBe(true);
      expect(await isAlive(app, user.token)).toBe(false);
      expect(codes(await signIn(user.email))).toEqual(['WRONG_CREDENTIALS']);
      expect((await signIn(user.email, another)).session).not.toBeNull();
      expect(codes(await send(app, 'resetPassword', { token, password }))).toEqual(['LINK_INVALID']);
      expect(await kindsTo(app, user.email)).toEqual(['PASSWORD_RESET', 'PASSWORD_CHANGED']);
    });

    it('is answered alike for an address without an account, whose owner is told', async () => {
      const user = await app.signUp();
      const email = newEmail();
      const [known, unknown] = [
        await send(app, 'requestPasswordReset', { email: user.email }),
        await send(app, 'requestPasswordReset', { email }),
      ];
      expect(unknown).toEqual(known);
      expect(await kindsTo(app, email)).toEqual(['PASSWORD_RESET_UNKNOWN']);
      expect((await mailsTo(app, email)).map(tokenIn)).toEqual(['']);
      const [row] = await app.app.db.query(
        'SELECT count(*)::int AS links FROM mailed_link WHERE email = $1',
        [email],
      );
      expect(row).toEqual({ links: 1 });
    });

    it('has a link for an hour', async () => {
      const user = await app.signUp();
      await send(app, 'requestPasswordReset', { email: user.email });
      const token = await tokenTo(app, user.email, 'PASSWORD_RESET');
      clock.advance(hour + 1);
      expect(codes(await send(app, 'resetPassword', { token, password: another }))).toEqual(['LINK_INVALID']);
    });

    it('is set once by a link that is used 10 times at once', async () => {
      const user = await app.signUp();
      await send(app, 'requestPasswordReset', { email: user.email });
      const token = await tokenTo(app, user.email, 'PASSWORD_RESET');
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          send(app, 'resetPassword', { token, password: `${another} ${n}` }),
        ),
      );
      expect(all.filter(({ session }) => session !== null)).toHaveLength(1);
    });

    it('proves the address, and ends links to other addresses that somebody in a session had asked for', async () => {
      const user = await signUpUnproven();
      const taken = newEmail();
      await send(app, 'changeEmail', { email: taken }, user.token);
      const link = await tokenTo(app, taken, 'EMAIL_CONFIRM');
      await send(app, 'requestPasswordReset', { email: user.email });
      const token = await tokenTo(app, user.email, 'PASSWORD_RESET');
      const { session } = await send(app, 'resetPassword', { token, password: another });
      expect(codes(await send(app, 'confirmEmail', { token: link }, session.accessToken))).toEqual([
        'LINK_INVALID',
      ]);
    });

    it('cannot be reset by a link to an address that the account has no more', async () => {
      const user = await app.signUp();
      await send(app, 'requestPasswordReset', { email: user.email });
      const token = await tokenTo(app, user.email, 'PASSWORD_RESET');
      await app.app.db.query('UPDATE account SET email = $2 WHERE id = $1', [user.accountId, newEmail()]);
      expect(codes(await send(app, 'resetPassword', { token, password: another }))).toEqual(['LINK_INVALID']);
    });
  });

  describe('a change of', () => {
    it('the password ends the other sessions, and is told', async () => {
      const user = await app.signUp();
      const { session: other } = await signIn(user.email);
      const change = (newPassword: string) => send(app, 'changePassword', { newPassword }, user.token);
      expect(await change('12345678')).toMatchObject({
        userErrors: [{ code: 'INVALID_INPUT', field: ['newPassword'] }],
      });
      expect(codes(await change(another))).toEqual([]);
      expect([await isAlive(app, user.token), await isAlive(app, other.accessToken)]).toEqual([true, false]);
      expect((await signIn(user.email, another)).session).not.toBeNull();
      expect(await kindsTo(app, user.email)).toEqual(['PASSWORD_CHANGED']);
    });

    it('the address is shown to its account alone, and alike whether or not somebody has it', async () => {
      const user = await app.signUp();
      const { email: taken } = await app.signUp();
      const pending = async (): Promise<any> =>
        (await app.data('{ viewer { pendingEmail { email expiresAt } } }', {}, user.token)).viewer
          .pendingEmail;
      const change = (email: string) => send(app, 'changeEmail', { email }, user.token);
      expect(await pending()).toBeNull();
      for (const email of [taken, newEmail()]) {
        const { expiresAt } = await change(email);
        expect(await pending()).toEqual({ email, expiresAt });
        // What happens to the address itself makes no difference: that would tell whether somebody has it.
        await app.app.db.query('DELETE FROM mailed_link WHERE email = $1', [email]);
        expect(await pending()).toEqual({ email, expiresAt });
      }
      await app.app.db.query(
        `UPDATE account SET pending_email_until = now() - interval '2 days' WHERE id = $1`,
        [user.accountId],
      );
      expect(await pending()).toBeNull();
      const email = newEmail();
      await change(email);
      expect((await pending()).email).toBe(email);
      const token = await tokenTo(app, email, 'EMAIL_CONFIRM');
      expect(codes(await send(app, 'confirmEmail', { token }, user.token))).toEqual([]);
      expect(await pending()).toBeNull();
      await change(newEmail());
      await send(app, 'changePassword', { newPassword: another }, user.token);
      expect(await pending()).toBeNull();
    });

    it('the address takes the link of a mail, and both addresses are told', async () => {
      const user = await app.signUp();
      const { session: other } = await signIn(user.email);
      const email = newEmail();
      const change = (input: Record<string, string>) => send(app, 'changeEmail', input, user.token);
      expect(codes(await change({ email: 'nonsense' }))).toEqual(['INVALID_INPUT']);
      expect(codes(await change({ email: user.email }))).toEqual(['INVALID_INPUT']);
      expect(codes(await change({ email }))).toEqual([]);
      expect(await kindsTo(app, user.email)).toEqual(['EMAIL_TO_CHANGE']);
      const token = await tokenTo(app, email, 'EMAIL_CONFIRM');

      // Whoever reads that mail can't confirm it for somebody else.
      const stranger = await app.signUp();
      expect(codes(await send(app, 'confirmEmail', { token }, stranger.token))).toEqual(['LINK_INVALID']);
      const confirmed = await send(app, 'confirmEmail', { token }, user.token);
      expect(confirmed.viewer).toEqual({ email, isEmailConfirmed: true });
      expect([await isAlive(app, user.token), await isAlive(app, other.accessToken)]).toEqual([true, false]);
      expect(await kindsTo(app, user.email)).toEqual(['EMAIL_TO_CHANGE', 'EMAIL_CHANGED']);
      expect((await signIn(email)).session).not.toBeNull();
      expect(codes(await send(app, 'confirmEmail', { token }, user.token))).toEqual(['LINK_INVALID']);
    });

    it('the address to one that another account has is answered alike, and changes nothing', async () => {
      const [user, owner] = [await app.signUp(), await app.signUp()];
      const change = (email: string) => send(app, 'changeEmail', { email }, user.token);
      expect(await change(owner.email)).toEqual(await change(newEmail()));
      expect(await kindsTo(app, owner.email)).toEqual(['EMAIL_KNOWN']);
    });

    it('is told whatever other mails the address has got', async () => {
      const bounded = await TestApp.start(
        { ...settings, MAX_MAILS_PER_RECIPIENT_PER_HOUR: '4' },
        { mailTransport: noTransport, database: app.database },
      );
      const user = await app.signUp();
      for (let n = 0; n < 4; n += 1) await send(bounded, 'requestPasswordReset', { email: user.email });
      const input = { newPassword: another };
      expect(codes(await send(bounded, 'changePassword', input, user.token))).toEqual([]);
      expect(await kindsTo(app, user.email)).toEqual([
        'PASSWORD_RESET',
        'PASSWORD_RESET',
        'PASSWORD_CHANGED',
      ]);
      await bounded.close();
    });

    it('the address is refused when another account has got it meanwhile', async () => {
      const user = await app.signUp();
      const email = newEmail();
      await send(app, 'changeEmail', { email }, user.token);
      const link = await tokenTo(app, email, 'EMAIL_CONFIRM');
      const begun = await signUp(email);
      const token = await tokenTo(app, email, 'SIGN_UP');
      const [confirmed, opened] = await Promise.all([
        send(app, 'confirmEmail', { token: link }, user.token),
        send(app, 'confirmSignUp', { token, secret: begun.confirmation.secret }),
      ]);
      const outcomes = [codes(confirmed), codes(opened)].map((each) => each[0]).sort();
      expect([
        ['EMAIL_TAKEN', undefined],
        ['LINK_INVALID', undefined],
      ]).toContainEqual(outcomes);
      const rows = await app.app.db.query('SELECT FROM account WHERE email = $1', [email]);
      expect(rows).toHaveLength(1);
    });

    it('the name is shown at once, everywhere', async () => {
      const user = await app.signUp();
      const { id, slug } = await app.addArticle();
      await app.addComment(user, { articleId: id });
      const authorOf = async () => {
        const { article } = await app.data(
          'query ($slug: String!) { article(slug: $slug) { comments { nodes { author { name } } } } }',
          { slug },
        );
        return article.comments.nodes[0].author.name as string;
      };
      expect(await authorOf()).toBe('Ada Example');
      expect(codes(await send(app, 'changeName', { name: ' ' }, user.token))).toEqual(['EMPTY_TEXT']);
      expect((await send(app, 'changeName', { name: 'Bea Example' }, user.token)).viewer.name).toBe(
        'Bea Example',
      );
      expect(await authorOf()).toBe('Bea Example');
    });
  });

  describe('sessions', () => {
    const sessionsOf = async (token: string): Promise<any[]> =>
      (await app.data('{ viewer { sessions { id createdAt usedAt userAgent isCurrent } } }', {}, token))
        .viewer.sessions;

    it('are listed with their programs, and end one by one or all others', async () => {
      const user = await app.signUp();
      const answer = await app.query(
        'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
        { input: { email: user.email, password } },
        { headers: { 'user-agent': `A reader's browser ${'x'.repeat(500)}` } },
      );
      const phone = answer.data.signIn.session.accessToken as string;
      const third = (await signIn(user.email)).session.accessToken as string;
      const listed = await sessionsOf(user.token);
      expect(listed.map(({ isCurrent }) => isCurrent).filter(Boolean)).toHaveLength(1);
      const ofPhone = listed.find(({ userAgent }) => userAgent?.startsWith('A reader'));
      expect(ofPhone.userAgent).toHaveLength(200);

      const stranger = await app.signUp();
      const refused = await send(app, 'endSession', { sessionId: ofPhone.id }, stranger.token);
      expect(codes(refused)).toEqual(['NOT_FOUND']);
      expect(codes(await send(app, 'endSession', { sessionId: `' OR true` }, user.token))).toEqual([
        'NOT_FOUND',
      ]);
      expect(await isAlive(app, phone)).toBe(true);
      expect(codes(await send(app, 'endSession', { sessionId: ofPhone.id }, user.token))).toEqual([]);
      expect([await isAlive(app, phone), await isAlive(app, third)]).toEqual([false, true]);
      const { viewer } = await send(app, 'endOtherSessions', {}, user.token);
      expect(viewer.sessions).toHaveLength(1);
      expect([await isAlive(app, third), await isAlive(app, user.token)]).toEqual([false, true]);
    });

    it('that end close their live connections, on another node too', async () => {
      const node = await TestApp.start(settings, { database: app.database, mailTransport: noTransport });
      const user = await app.signUp();
      const { id } = await app.addArticle();
      const { session } = await signIn(user.email);
      const closed = new Promise<number>((resolve) => {
        const client = node.live.client({ token: session.accessToken, onClosed: resolve });
        client.subscribe(
          { query: `subscription { articleEvents(articleId: "${id}") { sequence } }` },
          { next: () => undefined, error: () => undefined, complete: () => undefined },
        );
        void client.on('connected', () => void send(app, 'endOtherSessions', {}, user.token));
      });
      expect(await closed).toBe(4403);
      await node.close();
    });
  });

  describe('an account whose address nobody has proven', () => {
    it('reads, but says nothing in public until it is confirmed', async () => {
      const user = await signUpUnproven();
      const { id, slug } = await app.addArticle();
      const other = await app.signUp();
      const { comment } = await app.addComment(other, { articleId: id });
      const attempts: [string, Record<string, unknown>][] = [
        ['addComment', { articleId: id, body: 'A comment.' }],
        ['endorse', { articleId: id }],
        ['react', { commentId: comment?.id, kind: 'LIKE' }],
      ];
      for (const [name, input] of attempts)
        expect([name, codes(await send(app, name, input, user.token))]).toEqual([
          name,
          ['EMAIL_UNCONFIRMED'],
        ]);
      const can = async () => {
        const { article, viewer } = await app.data(
          `query ($slug: String!) { article(slug: $slug) { viewerCanComment viewerCanEndorse comments { nodes { viewerCanReact } } }
            viewer { mustConfirmEmail } }`,
          { slug },
          user.token,
        );
        expect(viewer.mustConfirmEmail).toBe(!article.viewerCanComment);
        return [article.viewerCanComment, article.viewerCanEndorse, article.comments.nodes[0].viewerCanReact];
      };
      expect(await can()).toEqual([false, false, false]);

      expect(codes(await send(app, 'requestEmailConfirmation', {}, user.token))).toEqual([]);
      const token = await tokenTo(app, user.email, 'EMAIL_CONFIRM');
      const confirmed = await send(app, 'confirmEmail', { token }, user.token);
      expect(confirmed.viewer).toEqual({ email: user.email, isEmailConfirmed: true });
      expect(await can()).toEqual([true, true, true]);
      for (const [name, input] of attempts)
        expect([name, codes(await send(app, name, input, user.token))]).toEqual([name, []]);
      expect(codes(await send(app, 'requestEmailConfirmation', {}, user.token))).toEqual(['WRONG_STATUS']);
    });
  });

  describe('the erasure of one’s own account', () => {
    it('comes a day later, and can be taken back until then', async () => {
      const user = await app.signUp();
      const { id } = await app.addArticle();
      await app.addComment(user, { articleId: id });
      const token = async () => (await signIn(user.email)).session.accessToken as string;
      const request = async () => send(app, 'requestErasure', {}, await token());
      const { eraseAt } = (await request()).viewer;
      expect(Date.parse(eraseAt) - clock.now().getTime()).toBe(24 * hour * 1000);
      // Asking again puts nothing off.
      clock.advance(hour);
      expect((await request()).viewer.eraseAt).toBe(eraseAt);
      expect(await kindsTo(app, user.email)).toEqual(['ERASURE_REQUESTED']);
      expect((await send(app, 'cancelErasure', {}, await token())).viewer.eraseAt).toBeNull();
      clock.advance(48 * hour);
      await worker().run();
      expect(await accounts(user)).toBe(1);

      await request();
      clock.advance(24 * hour + 1);
      expect(codes(await send(app, 'cancelErasure', {}, await token()))).toEqual(['WRONG_STATUS']);
      // Two nodes look at the same time, and one of them does it.
      const errors: unknown[] = [];
      await Promise.all([worker(errors).run(), worker(errors).run()]);
      await worker(errors).run();
      expect([await accounts(user), errors, erased]).toEqual([0, [], [user.accountId]]);
    });

    it('leaves alone what was taken back, or has come back, after a node has read its list', async () => {
      const [slow, back, again] = [await app.signUp(), await app.signUp(), await app.signUp()];
      await app.app.db.query(
        `UPDATE account SET erase_at = $4::timestamptz - interval '1 second' * (CASE id WHEN $1 THEN 3 WHEN $2 THEN 2 ELSE 1 END)
         WHERE id IN ($1, $2, $3)`,
        [slow.accountId, back.accountId, again.accountId, clock.now()],
      );
      const errors: unknown[] = [];
      const node = worker(errors, async (accountId) => {
        if (accountId !== slow.accountId) return;
        await send(app, 'requestPasswordReset', { email: back.email });
        const reset = await tokenTo(app, back.email, 'PASSWORD_RESET');
        expect(codes(await send(app, 'resetPassword', { token: reset, password: another }))).toEqual([]);
        await erasureOf(app).erase(again.email);
        const { confirmation } = await signUp(again.email);
        const token = await tokenTo(app, again.email, 'SIGN_UP');
        const { secret } = confirmation;
        expect(codes(await send(app, 'confirmSignUp', { token, secret }))).toEqual([]);
      });
      await node.run();
      expect([await accounts(slow), await accounts(back), await accounts(again), errors]).toEqual([
        0,
        1,
        0,
        [],
      ]);
      expect((await signIn(back.email, another)).session).not.toBeNull();
      expect((await signIn(again.email)).session).not.toBeNull();
    });

    const accounts = async ({ accountId }: TestUser): Promise<number> =>
      (await app.app.db.query('SELECT FROM account WHERE id = $1', [accountId])).length;
    /** The accounts that were erased. */
    const erased: string[] = [];
    const worker = (
      errors: unknown[] = [],
      first: (accountId: string) => Promise<void> = () => Promise.resolve(),
    ) => {
      const { db, bus } = app.app;
      const erasures = erasuresOf(features, parseConfig({ DATABASE_URL: app.database.url, FUNDING: 'off' }));
      const service = new ErasureService({ db, log: new EventLog(bus), erasures });
      const job = erasureJob({
        db,
        clock,
        leases: new Leases({ db, onError: (error) => errors.push(error) }),
        erase: async (accountId) => {
          await first(accountId);
          if (await service.eraseDue(accountId, clock.now())) erased.push(accountId);
        },
        onError: (error) => errors.push(error),
      });
      return { run: () => runJob(job) };
    };
  });

  describe('all that is stored of an account', () => {
    const download = (token?: string) =>
      fetch(
        `${app.url}/account/data`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      );

    it('is a file for its owner, without hashes and tokens', async () => {
      const user = await app.signUp();
      const { id } = await app.addArticle();
      await app.addComment(user, { articleId: id, body: 'What I said.' });
      await send(app, 'changeEmail', { email: newEmail() }, user.token);
      const response = await download(user.token);
      expect([
        response.status,
        response.headers.get('content-type'),
        response.headers.get('cache-control'),
      ]).toEqual([200, 'application/json; charset=utf-8', 'no-store']);
      expect(response.headers.get('content-disposition')).toContain('attachment');
      const text = await response.text();
      const document = JSON.parse(text);
      expect(document.account).toMatchObject([{ email: user.email, name: user.name }]);
      expect(document.comments).toMatchObject([{ body: 'What I said.' }]);
      expect(document.mailedLinks).toMatchObject([{ kind: 'EMAIL' }]);
      expect(text).not.toMatch(/argon2|hash|#[\w-]{43}/i);
    });

    it('does not tell whether an address that was entered has an account', async () => {
      const [user, owner] = [await app.signUp(), await app.signUp()];
      const kindsIn = async (email: string) => {
        await send(app, 'changeEmail', { email }, user.token);
        const { mails } = (await (await download(user.token)).json()) as any;
        await app.app.db.query('DELETE FROM mail');
        return mails.map((mail: any) => Object.keys(mail).sort()).sort();
      };
      expect(await kindsIn(owner.email)).toEqual(await kindsIn(newEmail()));
    });

    it('can be asked for again after a request that broke off at once', async () => {
      const user = await app.signUp();
      for (let n = 0; n < 20; n += 1) {
        const controller = new AbortController();
        const headers = { authorization: `Bearer ${user.token}` };
        const broken = fetch(`${app.url}/account/data`, { headers, signal: controller.signal });
        setTimeout(() => controller.abort(), n % 5);
        await broken.then((response) => response.text()).catch(() => undefined);
      }
      await eventually('the data to be free', async () => {
        const response = await download(user.token);
        await response.text();
        return response.status === 200;
      });
    });

    it('is cut off for a client that reads nothing of it', async () => {
      const slow = await TestApp.start(
        { ...settings, MAX_ANSWER_STALL_MS: '200' },
        { mailTransport: noTransport, database: app.database },
      );
      const user = await app.signUp();
      await app.app.db.query(
        `INSERT INTO mail (recipient, kind, secret, subject, text, html)
         SELECT $1, 'TEST', false, 'x', repeat('x', 20000), '' FROM generate_series(1, 2000)`,
        [user.email],
      );
      const { hostname, port } = new URL(slow.url);
      const socket = connect({ host: hostname, port: Number(port) });
      let isClosed = false;
      socket.on('close', () => (isClosed = true)).on('error', () => undefined);
      socket.write(
        `GET /account/data HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${user.token}\r\n\r\n`,
      );
      // Its first bytes say that the answer is under way: whoever asks meanwhile is refused.
      const [head] = (await once(socket, 'data')) as [Buffer];
      socket.pause();
      expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
      await eventually('the answer to be given up', async () => {
        const response = await fetch(`${slow.url}/account/data`, {
          headers: { authorization: `Bearer ${user.token}` },
        });
        await response.body?.cancel();
        return response.status === 200;
      });
      socket.resume();
      await eventually('the connection to be cut', () => isClosed);
      await slow.close();
    });

    it('is refused to everybody else', async () => {
      for (const token of [undefined, 'nonsense']) {
        const response = await download(token);
        const { errors } = (await response.json()) as any;
        expect([response.status, errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
      }
      expect((await fetch(`${app.url}/account/data`, { method: 'POST' })).status).toBe(405);
    });
  });
});

describe('accounts of a service that sends no mail', () => {
  const service = useApp();

  it('are open at once, and what needs a mail says so', async () => {
    const email = newEmail();
    const begun = await send(service(), 'signUp', { email, password, name: 'Ada Example' });
    expect(begun).toMatchObject({ session: { accessToken: expect.any(String) }, confirmation: null });
    const token = begun.session.accessToken as string;
    const { id } = await service().addArticle();
    expect(codes(await send(service(), 'addComment', { articleId: id, body: 'A comment.' }, token))).toEqual(
      [],
    );
    const off: [string, Record<string, unknown>][] = [
      ['requestPasswordReset', { email }],
      ['changeEmail', { email: newEmail() }],
      ['requestEmailConfirmation', {}],
      ['confirmEmail', { token: 'x' }],
    ];
    for (const [name, input] of off)
      expect([name, codes(await send(service(), name, input, token))]).toEqual([name, ['MAIL_OFF']]);
    for (const [name, input] of [
      ['confirmSignUp', { token: 'x', secret: 'y' }],
      ['resetPassword', { token: 'x', password }],
    ] as const)
      expect([name, codes(await send(service(), name, input))]).toEqual([name, ['LINK_INVALID']]);
    expect(codes(await send(service(), 'changePassword', { newPassword: another }, token))).toEqual([]);
  });
});

describe('the limits of what takes a password or sends a mail', () => {
  const service = useApp(
    {
      ...settings,
      RATE_LIMITS: 'on',
      MAX_PASSWORD_RESETS_PER_HOUR: '3',
      MAX_GUESSES_PER_MINUTE: '3',
      MAX_EXPORTS_PER_HOUR: '2',
    },
    { mailTransport: noTransport },
  );
  const refused = async (
    work: () => Promise<{ errors: { extensions: Record<string, unknown> }[] | undefined }>,
  ) => (await work()).errors?.[0]?.extensions;

  it('hold by address for forgotten passwords, and by account for guesses and exports', async () => {
    const app = service();
    const user = await app.signUp();
    const reset = () =>
      app.query(
        'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }',
        {
          input: { email: newEmail() },
        },
      );
    for (let n = 0; n < 3; n += 1) expect(await refused(reset)).toBeUndefined();
    expect(await refused(reset)).toMatchObject({ code: 'RATE_LIMITED', policy: 'password-resets' });

    const guess = () =>
      app.query(
        'mutation ($input: ProveByPasswordInput!) { proveByPassword(input: $input) { userErrors { code } } }',
        { input: { password: another } },
        { token: user.token },
      );
    for (let n = 0; n < 3; n += 1) expect(await refused(guess)).toBeUndefined();
    expect(await refused(guess)).toMatchObject({ code: 'RATE_LIMITED', policy: 'guesses' });

    const statuses = [];
    for (let n = 0; n < 3; n += 1) {
      const response = await fetch(`${app.url}/account/data`, {
        headers: { authorization: `Bearer ${user.token}` },
      });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });
});
