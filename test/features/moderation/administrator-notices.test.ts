/**
 * What all administrators are mailed: roles that somebody gets or loses, in whichever way, and administrators on new devices.
 * @database either
 * @seconds 10
 */
import { beforeEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { AccountAdminService } from '../../../src/features/people/credentials/account-admin.service.ts';
import { Links } from '../../../src/platform/http/links.ts';
import { AdministratorMails } from '../../../src/features/moderation/person-page/administrator-mails.ts';
import { administratorNoticeJob } from '../../../src/features/moderation/person-page/administrator-notices.ts';
import { ModerationLog } from '../../../src/platform/screening/moderation-log.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { passkeys } from '../../support/authenticator.ts';
import { runJob } from '../../support/jobs.ts';
import { featuresWithMail, noMailWork, noTransport } from '../../support/mail.ts';
import { onPerson, personId } from '../../support/persons.ts';

const secret = 'a secret that only the host site and this test know';
const host = {
  id: 'host',
  name: 'The host',
  issuer: 'https://host.example.org',
  audience: 'comments',
  algorithm: 'HS256',
  secret,
  domains: ['example.org'],
  roles: { claim: 'roles', values: { mods: 'MODERATOR' } },
};
const { features, mail } = featuresWithMail();
const service = useApp(
  { ...noMailWork, MODERATION_POLL_MS: '600000', HOST_TOKEN_ISSUERS: JSON.stringify([host]) },
  { mailTransport: noTransport, features },
);
let one: TestUser;
let two: TestUser;

const tell = () =>
  runJob(
    administratorNoticeJob({
      db: service().app.db,
      mails: new AdministratorMails(mail().outbox, new Links()),
      everyMs: 600_000,
    }),
  );

/** The mails of administrators since the last call, without their frames. */
async function told(): Promise<string[]> {
  await tell();
  const rows = await service().app.db.query<{ recipient: string; text: string }>(
    `WITH gone AS (DELETE FROM mail WHERE kind IN ('ROLE_CHANGED', 'ADMINISTRATOR_SIGNED_IN') RETURNING recipient, text, created_at)
     SELECT recipient, text FROM gone ORDER BY created_at, recipient`,
  );
  return rows.map(({ recipient, text }) => `${recipient}: ${text.split('\n\n')[1]?.replace(/\s+/g, ' ')}`);
}

const time = String.raw`\d{4}-\d\d-\d\d at \d\d:\d\d UTC`;

beforeEach(async () => {
  await service().app.db.query(`UPDATE account SET roles = '{READER}' WHERE 'ADMINISTRATOR' = ANY(roles)`);
  one = await service().signUp('Al Example', 'ADMINISTRATOR');
  two = await service().signUp('Bea Example', 'ADMINISTRATOR');
  await told();
});

it('they are told of a role that one of them gives and takes, once, and the one who loses theirs as well', async () => {
  const user = await service().signUp('Cy Example');
  const act = (name: 'grantRole' | 'revokeRole', of: TestUser, role: string) =>
    onPerson(service(), one, name, { personId: personId(of.accountId), role });
  await act('grantRole', user, 'EDITOR');
  const granted = await told();
  expect(granted.map((line) => line.split(': ')[0]).sort()).toEqual([one.email, two.email].sort());
  for (const line of granted)
    expect(line).toMatch(
      new RegExp(`: “Cy Example” has been given the role EDITOR on ${time}, by “Al Example”\\.`),
    );
  expect(await told()).toEqual([]);
  await act('revokeRole', two, 'ADMINISTRATOR');
  const revoked = await told();
  expect(revoked.map((line) => line.split(': ')[0]).sort()).toEqual([one.email, two.email].sort());
  for (const line of revoked) expect(line).toContain('“Bea Example” has lost the role ADMINISTRATOR on');
});

it('they are told of roles by the command line, by claims of another site, and of those that go with its login', async () => {
  const { db, bus } = service().app;
  const accounts = new AccountAdminService(db, systemClock, new ModerationLog(bus));
  const user = await service().signUp('Cy Example');
  await accounts.grant(user.email, 'EDITOR');
  expect((await told())[0]).toContain('“Cy Example” has been given the role EDITOR');
  const now = Math.floor(Date.now() / 1000);
  const email = `${randomUUID()}@example.org`;
  const token = await new SignJWT({
    sub: randomUUID(),
    email,
    email_verified: true,
    name: 'Ida',
    roles: ['mods'],
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(host.issuer)
    .setAudience(host.audience)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .setJti(randomUUID())
    .sign(Buffer.from(secret));
  await service().data(
    'mutation ($input: SignInWithTokenInput!) { signInWithToken(input: $input) { userErrors { code } } }',
    { input: { token } },
  );
  expect((await told())[0]).toContain('“Ida” has been given the role MODERATOR');
  await service().data(
    'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { expiresAt } }',
    { input: { email } },
  );
  const [reset] = await db.query<{ text: string }>(
    `SELECT text FROM mail WHERE recipient = $1 AND kind = 'PASSWORD_RESET'`,
    [email],
  );
  await passkeys(service(), 'resetPassword', {
    token: /#([\w-]{43})$/m.exec(reset?.text ?? '')?.[1],
    password: 'another horse, another battery',
  });
  expect((await told())[0]).toContain('“Ida” has lost the role MODERATOR');
});

it('they are told of an administrator on a device that the account does not know, and of no other sign-in', async () => {
  const signIn = async ({ email, password }: TestUser, agent: string) => {
    const response = await fetch(`${service().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': agent },
      body: JSON.stringify({
        query: 'mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }',
        variables: { input: { email, password } },
      }),
    });
    expect(await response.json()).toMatchObject({ data: { signIn: { userErrors: [] } } });
  };
  const [firefox, chrome] = ['Firefox/140.0', 'Chrome/140.0.0.0 Safari/537.36'].map(
    (name) => `Mozilla/5.0 (X11; Linux x86_64) ${name}`,
  ) as [string, string];
  const editor = await service().signUp('Ed Example', 'EDITOR');
  for (const user of [one, editor]) for (const agent of [firefox, chrome, chrome]) await signIn(user, agent);
  const lines = await told();
  for (const line of lines) expect(line).toContain('“Al Example”, an administrator, has signed in on');
  const ofOne = lines.filter((line) => line.startsWith(two.email));
  expect(ofOne.length).toBeGreaterThanOrEqual(1);
  expect(ofOne.length).toBeLessThanOrEqual(2);
  await signIn(one, chrome);
  expect(await told()).toEqual([]);
});

it('two nodes tell once, and what is older than a day is told nobody', async () => {
  const user = await service().signUp('Cy Example');
  await onPerson(service(), one, 'grantRole', { personId: personId(user.accountId), role: 'EDITOR' });
  await Promise.all([tell(), tell()]);
  expect(await told()).toHaveLength(2);
  await onPerson(service(), one, 'revokeRole', { personId: personId(user.accountId), role: 'EDITOR' });
  await service().app.db.query(`UPDATE moderation_event SET occurred_at = now() - interval '25 hours'`);
  expect(await told()).toEqual([]);
});
