import type { Attack } from './attack.ts';

/** A little below the limit of 1 MiB for a request. */
const requestBytes = 1_000_000;
/** Node.js takes 16 KiB for the address and all headers together. */
const pathCharacters = 15_000;

/** Combining marks in the wrong order: the worst text for normalization, which sorts each run of marks. */
const marks = (bytes: number): string => `a${'\u0315\u0300\u05ae'.repeat(bytes / 6)}`;

const signUp = 'mutation U($input:SignUpInput!){signUp(input:$input){userErrors{code}}}';
const requestEndorsement =
  'mutation R($input:RequestEndorsementInput!){requestEndorsement(input:$input){userErrors{code}}}';

/** Paths that are the worst for expressions over log lines; the long form sends more than a client may send in a minute. */
export const longPaths: Attack = {
  title: 'Paths of 15 kB, and the log lines that repeat them',
  async send(attackers) {
    const from = attackers.newAddress();
    const paths = ['a@', '%CC%81', 'a/', 'a.', '@'].map(
      (part) => `/${part.repeat(pathCharacters / part.length)}`,
    );
    const rounds = attackers.isLong ? 1400 : 40;
    for (let round = 0; round < rounds; round += 1)
      await Promise.all(paths.map((path) => attackers.send(from, { method: 'GET', path })));
  },
};

/** Texts far beyond their greatest length, of strangers, each refused before any work with it. */
export const longTexts: Attack = {
  title: 'Names and addresses of 300 kB of combining marks, alone and in 30 aliases',
  async send(attackers) {
    const long = marks(requestBytes / 3);
    const { signedArticle } = attackers.targets;
    const names = Array.from({ length: 30 }, (_, index) => `a${index}`);
    const payloads = [
      {
        query: signUp,
        variables: { input: { email: `${long}@example.org`, name: long, password: 'short' } },
      },
      {
        query: requestEndorsement,
        variables: {
          input: { articleId: signedArticle, email: 'ada@example.org', displayName: long, statement: long },
        },
      },
      {
        query: `query S($text:String!){${names.map((name) => `${name}:search(query:$text){totalCount}`).join(' ')}}`,
        variables: { text: long },
      },
    ];
    for (let round = 0; round < (attackers.isLong ? 20 : 3); round += 1)
      for (const payload of payloads) {
        const { status, codes } = await attackers.post(attackers.newAddress(), payload);
        attackers.expect(
          codes.includes('BAD_USER_INPUT'),
          `a text that is too long was answered with ${status} ${codes.join()}`,
        );
      }
  },
};
