import { randomUUID } from 'node:crypto';
import { onConnection } from '../../harness/database.ts';
import type { Attack } from './attack.ts';
import type { Attackers, Sent } from './attackers.ts';

const signInQuery = `mutation I($input:SignInInput!){signIn(input:$input){session{accessToken} userErrors{code}}}`;
const signUpQuery = `mutation U($input:SignUpInput!){signUp(input:$input){session{accessToken refreshToken} userErrors{code}}}`;
const refreshQuery = `mutation F($input:RefreshSessionInput!){refreshSession(input:$input){session{refreshToken} userErrors{code}}}`;

const password = 'a password of nobody else';

export const signIn = (
  attackers: Attackers,
  from: string,
  email: string,
  guess: string = password,
): Promise<Sent> =>
  attackers.post(from, { query: signInQuery, variables: { input: { email, password: guess } } });

/** @returns the e-mail address to sign in with, and the first tokens */
export async function signUp(
  attackers: Attackers,
): Promise<{ email: string; accessToken: string; refreshToken: string }> {
  const email = `${randomUUID()}@example.org`;
  const input = { email, password, name: 'An owner' };
  const { text, status } = await attackers.post(attackers.newAddress(), {
    query: signUpQuery,
    variables: { input },
  });
  const [accessToken, refreshToken] = [tokenIn(text, 'accessToken'), tokenIn(text, 'refreshToken')];
  if (accessToken === undefined || refreshToken === undefined)
    throw new Error(`Sign-up failed: ${status} ${text.slice(0, 200)}`);
  return { email, accessToken, refreshToken };
}

const tokenIn = (text: string, field: 'accessToken' | 'refreshToken'): string | undefined =>
  new RegExp(`"${field}":"([^"]+)"`).exec(text)?.[1];

/** Password hashing is expensive by design. */
export const signInStorm: Attack = {
  title: '40 addresses sign in at once, again and again',
  async send(attackers) {
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) {
      const sent = await Promise.all(
        attackers
          .newAddresses(40)
          .flatMap((from, index) =>
            Array.from({ length: 8 }, (_, guess) =>
              signIn(attackers, from, `nobody-${index + 1}@example.org`, `wrong guess ${guess}`),
            ),
          ),
      );
      const refused = sent.filter(
        ({ codes }) => codes.includes('RATE_LIMITED') || codes.includes('UNAVAILABLE'),
      );
      attackers.note('refused', `${refused.length} of ${sent.length}`);
      attackers.expect(
        refused.length > 0,
        'passwords were hashed for everybody at once: their queue has no end',
      );
    }
  },
};

/** Failed sign-ins from other addresses must not lock out the account's owner. */
export const guesses: Attack = {
  title: 'Ten wrong guesses at one account, from one address and from ten, then its owner',
  async send(attackers) {
    for (const addresses of [Array<string>(10).fill(attackers.newAddress()), attackers.newAddresses(10)]) {
      const { email } = await signUp(attackers);
      for (const from of addresses) await signIn(attackers, from, email, 'a wrong guess');
      const { text, codes } = await signIn(attackers, attackers.newAddress(), email, password);
      attackers.expect(
        text.includes('"accessToken"'),
        `the owner of an account was locked out by guesses from elsewhere: ${codes.join()}`,
      );
    }
  },
};

/** A session that is refreshed indefinitely must leave few rows. */
export const refreshes: Attack = {
  title: 'One session is refreshed 1,000 times (250 in the short form)',
  async send(attackers) {
    let { refreshToken } = await signUp(attackers);
    const tokens = (): Promise<number> =>
      onConnection(attackers.targets.databaseUrl, async (client) => {
        const { rows } = await client.query<{ count: number }>('SELECT count(*)::int FROM token_family');
        return rows[0]?.count ?? 0;
      });
    const before = await tokens();
    const count = attackers.isLong ? 1000 : 250;
    const from = attackers.newAddresses(25);
    for (let done = 0; done < count; done++) {
      const { text } = await attackers.post(from[done % from.length] ?? '', {
        query: refreshQuery,
        variables: { input: { refreshToken } },
      });
      const next = tokenIn(text, 'refreshToken');
      attackers.expect(next !== undefined, `refresh ${done + 1} was refused: ${text.slice(0, 200)}`);
      if (next === undefined) return;
      refreshToken = next;
    }
    const left = (await tokens()) - before;
    attackers.note('rows left', left);
    attackers.expect(left === 0, `${count} refreshes left ${left} rows`);
  },
};
