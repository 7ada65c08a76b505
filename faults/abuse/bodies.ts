import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attackers } from './attackers.ts';

/** A little below the service's limit of 1 MiB for a request. */
const bodyBytes = 1_000_000;

/** How long bodies are left unfinished, in milliseconds. */
const unfinishedMs = 3000;

const head = (bytes: number): string =>
  `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;

const body = Buffer.from(`{"query":"{__typename}","variables":{"a":"${'é'.repeat((bodyBytes - 50) / 2)}"}}`);

const written = (socket: Socket, data: string | Buffer): Promise<void> =>
  new Promise((resolve) => {
    socket.once('close', resolve);
    socket.write(data, () => resolve());
  });

/** Connections that have sent all of a large body but its last byte, or have been refused. */
async function beginBodies(attackers: Attackers, addresses: number, each: number): Promise<Socket[]> {
  const sockets = attackers
    .newAddresses(addresses)
    .flatMap((from) => Array.from({ length: each }, () => attackers.rawConnection(from)));
  return Promise.all(
    sockets.map(async (opening) => {
      const socket = await opening;
      await written(socket, head(body.length));
      await written(socket, body.subarray(0, -1));
      attackers.countSent(1);
      return socket;
    }),
  );
}

/** On the last byte, all received bytes are converted to strings and parsed. */
export const largeBodies: Attack = {
  title: '30 bodies of 1 MB each of 7 addresses, complete at the same moment',
  async send(attackers) {
    const sockets = await beginBodies(attackers, 7, 30);
    await Promise.all(
      sockets.map(async (socket) => {
        socket.write(body.subarray(-1));
        socket.resume();
        if (!socket.closed)
          await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
      }),
    );
  },
};

/** Announced bytes are reserved, and no other client may be refused because of that. */
export const announcedBodies: Attack = {
  title: 'Bodies of 1 MB that 30 × 20 addresses announce and never send',
  async send(attackers) {
    await Promise.all(
      attackers.newAddresses(30).flatMap((from) =>
        Array.from({ length: 20 }, async () => {
          const socket = await attackers.rawConnection(from);
          await written(socket, `${head(bodyBytes)}{`);
          attackers.countSent(1);
        }),
      ),
    );
    await sleep(unfinishedMs);
    const { status, codes } = await attackers.post(attackers.newAddress(), { query: '{__typename}' });
    attackers.expect(status === 200, `somebody else was answered with ${status} ${codes.join()}`);
  },
};

/** Each connection takes memory, even without requests. */
export const connections: Attack = {
  title: '3,000 connections of one address, on which nothing is asked',
  async send(attackers) {
    const from = attackers.newAddress();
    const sockets = await Promise.all(Array.from({ length: 3000 }, () => attackers.rawConnection(from)));
    attackers.countSent(sockets.length);
    const { status } = await attackers.post(attackers.newAddress(), { query: '{__typename}' });
    attackers.expect(status === 200, `somebody else was answered with ${status}`);
    attackers.note('left open', sockets.filter(({ destroyed }) => !destroyed).length);
  },
};

/** Each chunk of a body takes memory and time, however small it is. */
export const tinyChunks: Attack = {
  title: '8 bodies of 1 MB in chunks of one byte',
  async send(attackers) {
    const from = attackers.newAddress();
    const chunked = Buffer.concat([
      Buffer.from(head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked')),
      Buffer.from('1\r\nx\r\n'.repeat(bodyBytes)),
    ]);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = await attackers.rawConnection(from);
        attackers.countSent(1);
        await written(socket.resume(), chunked);
      }),
    );
  },
};

/** Node.js parses all requests of one read from a connection back to back. */
export const pipelines: Attack = {
  title:
    'Half a megabyte of short requests in one piece on each of 5 connections: unknown paths, files, probes',
  async send(attackers) {
    for (const path of ['/x', '/assets/x', '/health/live', '/', '/graphql'])
      for (let round = 0; round < (attackers.isLong ? 5 : 1); round++) {
        const from = attackers.newAddress();
        const request = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
        const all = Buffer.from(request.repeat(Math.floor(2 ** 19 / request.length)));
        await Promise.all(
          Array.from({ length: 5 }, async () => {
            const socket = await attackers.rawConnection(from);
            attackers.countSent(Math.floor(2 ** 19 / request.length));
            await written(socket.resume(), all);
          }),
        );
      }
  },
};

/** One read of each connection brings two thousand requests or ten thousand chunks, before anything can be counted. */
export const packedReads: Attack = {
  title:
    '64 kB of short requests at once on each of 300 connections (100 in the short form) of one address; without a host, with an expectation, in tiny chunks',
  async send(attackers) {
    const chunked = head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked');
    const starts = [
      ['', 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['', 'GET / HTTP/1.1\r\n\r\n'],
      ['', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n'],
      [chunked, '1\r\nx\r\n'],
    ] as const;
    let left = 0;
    for (const [start, repeated] of starts) {
      const from = attackers.newAddress();
      const sockets = await Promise.all(
        Array.from({ length: attackers.isLong ? 300 : 100 }, () => attackers.rawConnection(from)),
      );
      for (const socket of sockets) socket.resume().write(start);
      await sleep(500);
      const data = repeated.repeat(Math.floor(2 ** 16 / repeated.length));
      for (const socket of sockets) socket.write(data);
      attackers.countSent(sockets.length);
      await attackers.until(() => sockets.every(({ closed }) => closed), 20_000);
      left += sockets.filter(({ closed }) => !closed).length;
    }
    attackers.expect(left === 0, `${left} connections were left open`);
  },
};
