import { expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createDataSource } from '../../../src/platform/db/data-source.ts';
import { Database } from '../../../src/platform/db/database.ts';
import { createTestDatabase } from '../../support/database.ts';

/** PostgreSQL's error message for a terminated connection: severity, SQLSTATE, text. */
function terminated(): Buffer {
  const fields = Buffer.from(
    'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0',
  );
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** ReadyForQuery, idle: the end of the startup phase. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

it('a connection that is terminated at the moment it becomes ready is replaced, and does not end the process', async () => {
  const database = await createTestDatabase();
  const target = new URL(database.url);
  let left = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    client.pipe(upstream);
    upstream.on('data', (data) => {
      if (left === 0 || !data.includes(ready)) return void client.write(data);
      left -= 1;
      client.end(Buffer.concat([data, terminated()]));
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(database.url);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const source = createDataSource({
    url: url.href,
    poolSize: 2,
    statementTimeoutMs: 5000,
    entities: [],
    migrations: [],
    onPoolError: () => undefined,
  });
  try {
    await source.initialize();
    const db = new Database(source, { prepareStatements: true });
    left = 3;
    // Two at once: the second one needs another connection, and gets one that is already terminated.
    const answers = await Promise.allSettled([
      db.query('SELECT pg_sleep(0.05)'),
      db.query('SELECT 1'),
      db.query('SELECT 1'),
    ]);
    expect(left).toBeLessThan(3);
    expect(answers.some(({ status }) => status === 'rejected')).toBe(true);
    left = 0;
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await source.destroy();
    server.close();
    await database.drop();
  }
});
