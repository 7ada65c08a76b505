/**
 * Commands that lock an address or another site's person as well as the account, in the order of all others.
 * @database either
 */
import { beforeAll, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../support/app.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { addEmailLink, addSignIn, duringChange, exampleIssuer } from '../support/sessions.ts';

const app = useApp(noMailWork, { mailTransport: noTransport });

const address = 'another@example.org';

let user: TestUser;

beforeAll(async () => {
  user = await app().signUp('Ada Example');
});

const ofAddress = [0x616472, address] as const;
const ofPerson = (subject: string) => [0x6c6f67, `${exampleIssuer} ${subject}`] as const;

it.each([
  { name: 'changeEmail', lock: ofAddress, input: () => ({ email: address }) },
  { name: 'confirmEmail', lock: ofAddress, input: () => addEmailLink(app(), user, address) },
  { name: 'linkLogin', lock: ofPerson('ada'), input: () => addSignIn(app(), 'ada') },
  { name: 'proveBySignIn', lock: ofPerson('new'), input: () => addSignIn(app(), 'new') },
])('$name holds no account while it waits for what comes before accounts', async ({ name, lock, input }) => {
  const given = await input();
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const { hasWaited, answer } = await duringChange(
    app(),
    ['SELECT pg_advisory_xact_lock($1, hashtext($2))', ...lock],
    () =>
      app().query(
        `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { code } } }`,
        { input: given },
        { token: user.token },
      ),
    ['SELECT FROM account WHERE id = $1 FOR UPDATE NOWAIT', user.accountId],
  );
  expect([hasWaited, answer.errors]).toEqual([true, undefined]);
});
