/**
 * The account that the answer to a sign-in shows: what the new session would be shown of it, whatever the request came with.
 * @database embedded
 * @seconds 15
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { SignJWT } from 'jose';
import { noPassword } from '../../../../src/platform/auth/password.ts';
import { TestApp, type TestUser } from '../../../support/app.ts';
import { addPasskey, Authenticator, makeRecoveryCodes, passkeys } from '../../../support/authenticator.ts';
import { challengeOf, CookieBrowser, issuerSettings, TestIssuer } from '../../../support/issuer.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'), { assumeValidSDL: true });
const typeOf = (name: string) => schema.getType(name) as GraphQLObjectType;

/** Mutations whose payload shows a session and its account. */
const mutations = Object.values(typeOf('Mutation').getFields())
  .filter(({ type }) => getNamedType(type).name === 'SessionPayload')
  .map(({ name }) => name);

/**
 * Every field of the viewer; of objects the values without arguments, but for those that depend on who asks, and of lists how many
 * objects they have.
 */
const selection = Object.values(typeOf('Viewer').getFields())
  .map(({ name, type, args }) => {
    const field = args.some((arg) => arg.name === 'first') ? `${name}(first: 5)` : name;
    const named = getNamedType(type);
    if (!isObjectType(named)) return field;
    const values = Object.values(named.getFields()).filter((each) => isLeafType(getNamedType(each.type)));
    const names = values.filter((each) => each.args.length === 0 && !each.name.startsWith('viewer'));
    const nodes =
      named.getFields().nodes && isObjectType(getNamedType(named.getFields().nodes?.type))
        ? ['nodes { __typename }']
        : [];
    return `${field} { ${['__typename', ...names.map((each) => each.name), ...nodes].join(' ')} }`;
  })
  .join(' ');

const secret = 'a secret that only the host site and this test know';
const site = 'https://home.example.org';

describe('the viewer in the answer to a sign-in', () => {
  let issuer: TestIssuer;
  let app: TestApp;
  let article: Awaited<ReturnType<TestApp['addArticle']>>;
  /** The same service, which sends no mail: a sign-up begins a session there. */
  let withoutMail: TestApp;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const settings = {
      STAFF_SECOND_FACTOR: 'true',
      MAX_QUERY_COST: '100000',
      ...issuerSettings(issuer.settings('paper')),
      HOST_TOKEN_ISSUERS: JSON.stringify([
        { id: 'home', name: 'The home', issuer: site, audience: 'comments', algorithm: 'HS256', secret },
      ]),
    };
    const mailing = { ...settings, ...noMailWork, SIGN_IN_LINKS: 'true' };
    app = await TestApp.start(mailing, { mailTransport: noTransport });
    withoutMail = await TestApp.start(settings, { database: app.database });
    article = await app.addArticle();
    await issuer.open(`${app.url}/sign-in/paper/callback`);
  });
  afterAll(async () => {
    await withoutMail.close();
    await app.close();
    await issuer.close();
  });

  const password = 'correct horse battery';
  const newEmail = () => `${randomUUID()}@example.org`;

  /** An account that may more than a reader, and has one of what accounts list. */
  async function addStaff(): Promise<TestUser> {
    const user = await app.signUp('Ed Example', 'JOURNALIST', 'EDITOR');
    const draft =
      'mutation { createArticle(input: { title: "A draft", body: "A text." }) { article { id } } }';
    const { id: articleId } = (await app.data(draft, {}, user.token)).createArticle.article;
    await app.data(
      'mutation ($input: MuteArticleInput!) { muteArticle(input: $input) { userErrors { code } } }',
      { input: { articleId } },
      user.token,
    );
    // One that waits for a moderator: its author sees it, and nobody who is signed out does.
    await app.app.db.query('UPDATE account SET premoderated_at = now() WHERE id = $1', [user.accountId]);
    await app.addComment(user, { articleId: article.id });
    return user;
  }

  /** The token of the last link that was mailed to an address, by which mutation it was asked for. */
  async function mailedToken(email: string, mutation?: string): Promise<string> {
    if (mutation !== undefined) {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { expiresAt } }`;
      await app.data(document, { input: { email } });
    }
    const [mail] = await app.app.db.query<{ text: string }>(
      'SELECT text FROM mail WHERE recipient = $1 ORDER BY created_at DESC LIMIT 1',
      [email],
    );
    return /#([\w-]{43})$/m.exec(mail?.text ?? '')?.[1] ?? '';
  }

  /** What each mutation is sent, once. */
  const inputs: Readonly<Record<string, () => Promise<object>>> = {
    signUp: () => Promise.resolve({ email: newEmail(), name: 'Ada Example', password }),
    signIn: async () => ({ email: (await addStaff()).email, password }),
    refreshSession: async () => ({ refreshToken: (await addStaff()).refreshToken }),
    confirmSignUp: async () => {
      const email = newEmail();
      const { signUp } = await app.data(
        'mutation ($input: SignUpInput!) { signUp(input: $input) { confirmation { secret } } }',
        { input: { email, name: 'Ada Example', password } },
      );
      return { token: await mailedToken(email), secret: signUp.confirmation.secret };
    },
    resetPassword: async () => ({
      token: await mailedToken((await addStaff()).email, 'requestPasswordReset'),
      password: 'another horse, another battery',
    }),
    signInWithLink: async () => {
      const { accountId, email } = await app.signUp();
      await app.app.db.query('UPDATE account SET password_hash = $2 WHERE id = $1', [accountId, noPassword]);
      return { token: await mailedToken(email, 'requestSignInLink') };
    },
    finishSignIn: async () => {
      issuer.add({ email: newEmail(), email_verified: true, name: 'Ida Example' });
      const browser = new CookieBrowser();
      const begin = `${app.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`;
      const { hash } = new URL(await browser.follow(begin, `${app.url}/finish-sign-in#`));
      return { code: new URLSearchParams(hash.slice(1)).get('code'), secret: browser.secret };
    },
    signInWithToken: async () => {
      const token = new SignJWT({ email: newEmail(), email_verified: true, name: 'Ida Example' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(site)
        .setAudience('comments')
        .setSubject(randomUUID())
        .setIssuedAt()
        .setExpirationTime('1 minute')
        .setJti(randomUUID());
      return { token: await token.sign(Buffer.from(secret)) };
    },
    finishPasskeySignIn: async () => {
      const device = new Authenticator(app.url);
      const credential = await addPasskey(app, await addStaff(), device);
      const { options } = await passkeys(app, 'beginPasskeySignIn');
      return { response: device.sign(options, credential) };
    },
    signInWithRecoveryCode: async () => {
      const user = await addStaff();
      await addPasskey(app, user, new Authenticator(app.url));
      const [recoveryCode] = await makeRecoveryCodes(app, user);
      const { secondStep } = await passkeys(app, 'signIn', { email: user.email, password });
      return { token: secondStep.token, recoveryCode };
    },
  };

  it.each(mutations)(
    'is whole, without a credential and with that of somebody else: %s',
    async (mutation) => {
      const at = mutation === 'signUp' ? withoutMail : app;
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) {
      ${mutation}(input: $input) { session { accessToken } viewer { ${selection} } } }`;
      for (const token of [undefined, (await addStaff()).token]) {
        const input = await inputs[mutation]?.();
        const { [mutation]: payload } = await at.data(document, { input }, token);
        const { viewer } = await at.data(`{ viewer { ${selection} } }`, {}, payload.session.accessToken);
        expect(payload.viewer).toEqual(viewer);
        expect(payload.viewer.sessions).toContainEqual(expect.objectContaining({ isCurrent: true }));
      }
    },
  );
});
