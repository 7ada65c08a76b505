/** @database either */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type AskedCounts, budgetOf, type MailBudget } from '../../../src/platform/mail/mail-bounds.ts';
import { TestApp, type TestUser } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { TestSmtpServer } from '../../support/smtp.ts';

const password = 'correct horse battery';
const fields: Readonly<Record<string, string>> = {
  requestPasswordReset: 'expiresAt',
  requestEndorsement: 'expiresAt',
  signUp: 'confirmation { secret expiresAt }',
  signIn: 'session { accessToken }',
  changePassword: 'viewer { id }',
  resetPassword: 'session { accessToken }',
};

/** What a request shows of whoever sends it. */
interface From {
  readonly address: string;
  readonly device?: string;
  readonly token?: string;
}

describe('mails that strangers ask for', () => {
  const smtp = new TestSmtpServer();
  let nodes: readonly [TestApp, TestApp];
  let user: TestUser;
  const device = 'd'.repeat(32);
  const home = '198.51.100.5';

  beforeAll(async () => {
    await smtp.start();
    const settings = {
      ...smtp.settings,
      MAIL_POLL_MS: '100',
      RATE_LIMITS: 'on',
      TRUST_PROXY: 'true',
      MAX_ACCOUNT_GUESSES_PER_MINUTE: '5',
      MAX_ENDORSEMENT_MAILS_PER_ARTICLE_PER_HOUR: '4',
    };
    const first = await TestApp.start(settings);
    nodes = [first, await TestApp.start(settings, { database: first.database })];
  });
  afterAll(async () => {
    for (const node of [...nodes].reverse()) await node.close();
    await smtp.stop();
  });

  let turn = 0;
  /** Sends one mutation to the nodes in turn. @returns its payload, or the policy that refused it */
  async function send(name: string, input: Record<string, unknown>, from: From): Promise<any> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const { data, errors } = await nodes[turn++ % 2]!.query(
      `mutation ($input: ${type}) { ${name}(input: $input) { ${fields[name]} userErrors { code } } }`,
      { input },
      {
        token: from.token,
        headers: {
          'x-forwarded-for': from.address,
          ...(from.device === undefined ? {} : { 'standfirst-device': from.device }),
        },
      },
    );
    return data?.[name] ?? errors?.[0]?.extensions.policy;
  }
  const reset = (from: From) => send('requestPasswordReset', { email: user.email }, from);
  const flood = async (count: number, ask = reset) => {
    for (let network = 0; network < count; network += 1) await ask({ address: `10.1.${network}.1` });
  };
  const written = async (kind = 'PASSWORD_RESET') => {
    const [row] = await nodes[0].app.db.query<{ mails: number }>(
      'SELECT count(*)::int AS mails FROM mail WHERE recipient = $1 AND kind = $2',
      [user.email, kind],
    );
    return row?.mails;
  };
  /** The link of the last mail that the server has taken for the person. */
  const lastLink = async (mails: number): Promise<string> => {
    const mine = () =>
      smtp.taken.filter(
        ({ envelope, parsed }) => envelope.to[0] === user.email && /reset/.test(parsed.text ?? ''),
      );
    await eventually(`${mails} mails to be taken`, () => mine().length >= mails);
    return /#([\w-]{43})/.exec(mine().at(-1)?.parsed.text ?? '')?.[1] ?? '';
  };

  beforeEach(async () => {
    user = await nodes[0].signUp();
    const { session } = await send('signIn', { email: user.email, password }, { address: home, device });
    expect(session).not.toBeNull();
  });

  it('six of one stranger leave the person theirs, of every kind', async () => {
    for (let n = 0; n < 8; n += 1) await reset({ address: '203.0.113.1' });
    expect(await written()).toBe(3);
    await reset({ address: '192.0.2.8' });
    expect(await written()).toBe(4);
    const token = await lastLink(4);
    const done = await send(
      'resetPassword',
      { token, password: 'another horse, battery' },
      { address: '192.0.2.8' },
    );
    expect(done.userErrors).toEqual([]);

    const { id: articleId } = await nodes[0].addArticle();
    const endorse = (from: From, email = user.email) =>
      send('requestEndorsement', { articleId, email, displayName: 'Bo Example' }, from);
    for (let n = 0; n < 4; n += 1) await endorse({ address: '203.0.113.1' });
    expect(await written('ENDORSEMENT')).toBe(2);
    // The stranger has spent what the article gets in an hour: another network is not refused.
    await endorse({ address: '192.0.2.8' });
    expect(await written('ENDORSEMENT')).toBe(3);

    const email = `${randomUUID()}@example.org`;
    const signUp = (address: string) => send('signUp', { email, password, name: 'Ada Example' }, { address });
    for (let n = 0; n < 8; n += 1) await signUp('203.0.113.1');
    await signUp('192.0.2.8');
    const [{ links } = { links: 0 }] = await nodes[0].app.db.query<{ links: number }>(
      'SELECT count(*)::int AS links FROM mailed_link WHERE email = $1',
      [email],
    );
    expect(links).toBe(4);
  });

  it('of many networks are bounded, and spend nothing of the devices of the account', async () => {
    await flood(40);
    expect(await written()).toBe(12);
    await reset({ address: '192.0.2.8' });
    expect(await written()).toBe(12);
    // The browser that has signed in, in another network; and its network, browser and system without the token.
    await reset({ address: '192.0.2.9', device });
    expect(await written()).toBe(13);
    await reset({ address: '198.51.100.77' });
    expect(await written()).toBe(14);
    const token = await lastLink(14);
    const done = await send(
      'resetPassword',
      { token, password: 'another horse, battery' },
      { address: home },
    );
    expect(done.userErrors).toEqual([]);
  });

  it('end no link that was mailed before', async () => {
    await reset({ address: '192.0.2.8' });
    const token = await lastLink(1);
    await flood(20);
    const done = await send(
      'resetPassword',
      { token, password: 'another horse, battery' },
      { address: '192.0.2.8' },
    );
    expect(done.userErrors).toEqual([]);
  });

  it('wrong passwords of strangers refuse neither a known device nor who is signed in', async () => {
    const guess = (address: string) => send('signIn', { email: user.email, password: 'wrong' }, { address });
    for (let n = 1; n <= 12; n += 1) await guess(`203.0.113.${n}`);
    expect(await guess('203.0.113.99')).toBe('account-guesses');
    const input = { email: user.email, password };
    const { session } = await send('signIn', input, { address: '192.0.2.77', device });
    expect(session).not.toBeNull();
    const changed = { newPassword: 'another horse, battery' };
    const from = { address: '192.0.2.78', token: session.accessToken as string };
    expect((await send('changePassword', changed, from)).userErrors).toEqual([]);
  });
});

const none: AskedCounts = {
  ownHour: 0,
  ownDay: 0,
  networkHour: 0,
  strangersHour: 0,
  strangersDay: 0,
  knownHour: 0,
  knownDay: 0,
};

const flooded = { strangersHour: 12, strangersDay: 99 };

it.each<
  [
    string,
    Partial<AskedCounts> & { lacksLink?: boolean },
    'TOKEN' | 'FAMILY' | 'STRANGER',
    MailBudget | undefined,
  ]
>([
  ['a stranger who has asked three times', { ownHour: 3 }, 'STRANGER', undefined],
  ['a browser that has asked three times', { ownHour: 3 }, 'TOKEN', undefined],
  ['a browser that has asked twelve times in a day', { ownDay: 12 }, 'TOKEN', undefined],
  ['a stranger after six of others', { strangersHour: 6 }, 'STRANGER', 'STRANGERS'],
  ['a stranger whose network is among the six', { strangersHour: 6, networkHour: 1 }, 'STRANGER', undefined],
  ['a stranger after twelve', { strangersHour: 12, strangersDay: 12 }, 'STRANGER', undefined],
  ['a stranger after a day of many', { strangersHour: 1, strangersDay: 24 }, 'STRANGER', undefined],
  ['a stranger whose recipient has no link of use', { ...flooded, lacksLink: true }, 'STRANGER', 'STRANGERS'],
  ['that one asking for the fourth time', { ownHour: 3, lacksLink: true }, 'STRANGER', undefined],
  ['the first stranger of an hour after a day of many', { strangersDay: 24 }, 'STRANGER', 'STRANGERS'],
  ['a browser in a flood', { strangersHour: 99, strangersDay: 99 }, 'TOKEN', 'KNOWN'],
  ['a network and browser in a flood', { strangersHour: 99, strangersDay: 99 }, 'FAMILY', 'KNOWN'],
  [
    'a network and browser after six of theirs',
    { knownHour: 6, strangersHour: 12, strangersDay: 12 },
    'FAMILY',
    undefined,
  ],
  [
    'a network and browser after a day of theirs',
    { knownDay: 24, strangersHour: 12, strangersDay: 12 },
    'FAMILY',
    undefined,
  ],
  [
    'a network and browser after six of theirs, where no stranger has asked',
    { knownHour: 6 },
    'FAMILY',
    'STRANGERS',
  ],
])('mails are counted: %s', (_, { lacksLink, ...counts }, trust, budget) => {
  expect(budgetOf({ ...none, ...counts }, { trust, lacksLink }, 6)).toBe(budget);
});
