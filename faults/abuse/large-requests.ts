import type { Attack } from './attack.ts';

/** A little below the service's limit of 1 MiB for a request. */
const requestBytes = 1_048_000;
/** A little below the limit of 64 KiB for a message on a socket. */
const messageBytes = 65_000;

const query = 'query N($ids:[ID!]!){nodes(ids:$ids){id}}';
const subscription = 'subscription S($articleId:ID!){articleEvents(articleId:$articleId){cursor}}';

/** A JSON list of about the given size in bytes. */
const listOf = (entry: string, bytes: number): string =>
  `[${Array.from({ length: Math.floor(bytes / (entry.length + 1)) }, () => entry).join(',')}]`;

/** A request of about the given size in bytes, with a list of ids in its variables. */
const withIds = (entry: string, bytes: number): string =>
  `{"query":"${query}","variables":{"ids":${listOf(entry, bytes - 200)}}}`;

const withArticleIds = (entry: string, bytes: number): string =>
  `{"query":"${subscription}","variables":{"articleId":${listOf(entry, bytes - 200)}}}`;

/** Nested JSON of about the given size in bytes. */
const nested = (open: string, close: string, bytes: number): string => {
  const depth = Math.floor(bytes / (open.length + close.length));
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
};

const entries = ['"x"', '{}', '[]', 'null', '"QXJ0aWNsZTox"', '1e99'];

/** Long lists in variables, of valid ids and of values with wrong types. */
export const longLists: Attack = {
  title: 'Lists of 1 MB in variables, valid and of wrong types',
  async send(attackers) {
    const copies = attackers.isLong ? 3 : 1;
    for (const entry of entries.slice(0, attackers.isLong ? entries.length : 3)) {
      const from = attackers.newAddress();
      const all = Array.from({ length: copies }, () => [
        attackers.post(from, withIds(entry, requestBytes)),
        attackers.stream(from, withArticleIds(entry, requestBytes)),
        attackers.subscribe(from, {
          query: subscription,
          variables: { articleId: JSON.parse(listOf(entry, messageBytes - 400)) as unknown },
        }),
      ]);
      await Promise.all(all.flat());
    }
  },
};

/** Deep nesting in each member of a request that may contain JSON. */
export const deepJson: Attack = {
  title: 'JSON nested 1 MB deep, in variables, in extensions and as the body',
  async send(attackers) {
    const from = attackers.newAddress();
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = nested(open, close, requestBytes - 400);
      const bodies = [
        deep,
        `{"query":"{__typename}","variables":{"a":${deep}}}`,
        `{"query":"{__typename}","extensions":{"a":${deep}}}`,
        `{"query":"${query}","variables":{"ids":${deep}}}`,
        `{"query":"${subscription}","variables":{"articleId":${deep}}}`,
        `{"query":"{__typename}","operationName":${deep}}`,
      ];
      for (const body of bodies) {
        const sent = await Promise.all([attackers.post(from, body), attackers.stream(from, body)]);
        for (const { status, codes } of sent)
          attackers.expect(status !== 500, `deep JSON was answered with ${status} ${codes.join()}`);
      }
      await sendOverSocket(attackers, from, nested(open, close, messageBytes - 200));
    }
  },
};

async function sendOverSocket(
  attackers: Parameters<Attack['send']>[0],
  from: string,
  deep: string,
): Promise<void> {
  for (const message of [
    deep,
    `{"id":"1","type":"subscribe","payload":{"query":"${subscription}","variables":{"articleId":${deep}}}}`,
    `{"id":"1","type":"subscribe","payload":{"query":"${subscription}","extensions":{"a":${deep}}}}`,
    `{"type":"ping","payload":{"a":${deep}}}`,
  ]) {
    const socket = await attackers.socket(from);
    socket.sendText(message);
    attackers.countSent(1);
    // An answer to this ping, or a close, shows that the message before it was processed.
    socket.sendText('{"type":"ping"}');
    await Promise.race([socket.closed(), socket.first({ query: '{__typename}' })]);
    socket.close();
  }
}
