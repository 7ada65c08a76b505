import { onConnection } from '../../harness/database.ts';
import { globalId } from '../clients/api.ts';
import type { Attack } from './attack.ts';
import type { Attackers } from './attackers.ts';
import { Listener } from './listener.ts';

const add = `mutation A($input:AddCommentInput!){addComment(input:$input){comment{id} userErrors{code}}}`;
const react = `mutation R($input:ReactInput!){react(input:$input){userErrors{code}}}`;
const create = `mutation C($input:CreateArticleInput!){createArticle(input:$input){article{id} userErrors{code}}}`;

/** Time limit for an event to arrive, also for subscribers that resume, in milliseconds. */
const eventMs = 5000;

/** Texts of about the given length that are slow to render, or whose HTML is much longer. */
export const poisonousTexts = (length: number): readonly string[] => {
  const half = Math.floor(length / 2) - 20;
  const references = '[a] '.repeat(Math.floor(half / 4));
  return [
    `[a]: http://b.cc "${'&'.repeat(half)}"\n\n${references}`,
    `[a]: http://b.cc/${'"'.repeat(half)}\n\n${references}`,
    `[a]: http://b.cc '${'"'.repeat(half)}'\n\n${references.replaceAll('[a]', '![a]')}`.slice(0, length),
    '&'.repeat(length),
    '['.repeat(length),
    '*a '.repeat(length / 3),
    '> '.repeat(length / 2),
    `${'`'.repeat(3)}${' `'.repeat(length / 2 - 3)}`,
    '1. '.repeat(length / 3),
    '<a@b.cc>'.repeat(length / 8),
    'a@b.cc '.repeat(length / 7),
  ];
};

/** Posts a comment. @returns its id; undefined: it was refused */
async function post(attackers: Attackers, token: string, body: string): Promise<string | undefined> {
  const input = { articleId: attackers.targets.busyArticle, body };
  const { status, codes, text } = await attackers.post(
    attackers.newAddress(),
    { query: add, variables: { input } },
    token,
  );
  attackers.expect(
    status === 200 && !codes.includes('INTERNAL_SERVER_ERROR'),
    `a comment was answered with ${status} ${codes.join()}`,
  );
  return /"comment":\{"id":"([^"]+)"/.exec(text)?.[1];
}

/** Posts an ordinary comment, which every subscriber must receive. */
async function expectSeen(attackers: Attackers, listeners: readonly Listener[]): Promise<void> {
  const id = await post(attackers, attackers.targets.readers[1] ?? '', 'And an ordinary comment.');
  attackers.expect(id !== undefined, 'an ordinary comment was refused behind a poisonous one');
  if (id === undefined) return;
  const withinMs = eventMs * attackers.targets.leeway;
  await attackers.until(() => listeners.every((listener) => listener.has(id) || listener.ended), withinMs);
  for (const { ended } of listeners)
    attackers.expect(ended === undefined, `a listener’s stream ended: ${ended}`);
  const missing = listeners.filter((listener) => !listener.has(id)).length;
  attackers.expect(missing === 0, `${missing} of ${listeners.length} listeners never got past the comment`);
}

/**
 * Performs an action while others are subscribed, and checks that all of them, also after resuming, receive later
 * events.
 */
async function besideListeners(attackers: Attackers, poison: () => Promise<void>): Promise<void> {
  const { busyArticle } = attackers.targets;
  const open = () => Listener.open(attackers, busyArticle);
  const listeners = await Promise.all([open(), open(), open()]);
  await attackers.until(() => listeners.every(({ isLive }) => isLive), eventMs * attackers.targets.leeway);
  const before = listeners.map(({ cursor }) => cursor);
  await poison();
  await expectSeen(attackers, listeners);
  const back = await Promise.all(listeners.map((listener, index) => listener.comeBack(before[index])));
  await expectSeen(attackers, back);
}

/** Comments whose HTML is much longer than their source. */
export const poisonousComments: Attack = {
  title: 'Comments whose references multiply, before listeners who select `bodyHtml`',
  async send(attackers) {
    const texts = poisonousTexts(9900);
    await besideListeners(attackers, async () => {
      for (const body of texts.slice(0, attackers.isLong ? texts.length : 3))
        await post(attackers, attackers.targets.readers[0] ?? '', body);
    });
  },
};

/** Repeating a reaction changes nothing, so each run of the attack uses another kind. */
const kinds = ['LIKE', 'INSIGHTFUL', 'DISAGREE'];
let runs = 0;

/** A comment that was stored before the size of its HTML was bounded. */
export const storedPoison: Attack = {
  title: 'A reaction to a stored comment of 31 MB, before listeners who select `bodyHtml`',
  async send(attackers) {
    const { databaseUrl, busyComment, busyArticle, readers } = attackers.targets;
    const articleKey = Buffer.from(busyArticle, 'base64url').toString().split(':').at(-1) ?? '';
    const setHtml = (html: string) =>
      onConnection(databaseUrl, (client) =>
        client.query(`UPDATE comment SET body_html = ${html} WHERE article_id = $1 AND id = $2`, [
          articleKey,
          busyComment,
        ]),
      );
    await setHtml(`repeat('<p>&amp;</p>', 2600000)`);
    const input = {
      commentId: globalId('Comment', articleKey, busyComment),
      kind: kinds[runs++ % kinds.length],
    };
    try {
      await besideListeners(attackers, async () => {
        const { status, codes } = await attackers.post(
          attackers.newAddress(),
          { query: react, variables: { input } },
          readers[0],
        );
        attackers.expect(status === 200, `a reaction was answered with ${status} ${codes.join()}`);
      });
    } finally {
      await setHtml(`'<p>Short again.</p>'`);
    }
  },
};

/** Articles whose HTML is much longer than their source. */
export const poisonousArticles: Attack = {
  title: 'Articles of 200,000 characters that are long to render',
  async send(attackers) {
    const texts = poisonousTexts(199_000);
    for (const [index, body] of texts.slice(0, attackers.isLong ? texts.length : 2).entries()) {
      const input = { title: `A long story, part ${index + 1}`, body };
      const { status, codes } = await attackers.post(
        attackers.newAddress(),
        { query: create, variables: { input } },
        attackers.targets.journalist,
      );
      attackers.expect(
        status === 200 && !codes.includes('INTERNAL_SERVER_ERROR'),
        `an article was answered with ${status} ${codes.join()}`,
      );
    }
  },
};
