/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { idleFeatures, TestApp, type TestUser } from '../../../support/app.ts';
import { watchForLeaks } from '../../../support/leaks.ts';

describe('pictures that are being received', () => {
  let folder: string;
  let app: TestApp;
  let picture: Buffer;
  let checkLeaks: () => Promise<void>;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-uploads-'));
    const settings = { PICTURES_DIR: folder, TRUST_PROXY: 'true', MAX_HELD_BYTES_PER_CLIENT: '1000000' };
    app = await TestApp.start(settings, { features: idleFeatures });
    picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#7a1f2b' } })
      .png()
      .toBuffer();
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await app.close();
    await rm(folder, { recursive: true });
    await checkLeaks();
  });

  /** Begins to send a picture, and leaves it unfinished. @returns the beginning of the answer, if there is one */
  async function begin(
    user: TestUser,
    address: string,
    bytes = 100,
  ): Promise<{ socket: Socket; text: string }> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    await once(socket, 'connect');
    const answer = { socket, text: '' };
    socket.on('data', (piece: Buffer) => (answer.text += piece.toString()));
    socket.on('error', () => undefined);
    socket.write(
      `POST /account/picture HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${user.token}\r\n` +
        `x-forwarded-for: ${address}\r\ncontent-type: image/png\r\ncontent-length: 4000000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(bytes));
    // The service has begun with the request when it answers the next one of the connection's owner.
    await app.query('{ __typename }', {}, { headers: { 'x-forwarded-for': address } });
    return answer;
  }

  const send = (user: TestUser, address: string) =>
    fetch(`${app.url}/account/picture`, {
      method: 'POST',
      headers: {
        'content-type': 'image/png',
        authorization: `Bearer ${user.token}`,
        'x-forwarded-for': address,
      },
      body: new Uint8Array(picture),
    });

  const users = (count: number): Promise<TestUser[]> =>
    Promise.all(Array.from({ length: count }, () => app.signUp()));

  it('refuse nobody at another address, however many are slow', async () => {
    const [other, ...slow] = await users(10);
    for (const [index, user] of slow.entries()) await begin(user, `192.0.2.${Math.floor(index / 3)}`);
    expect((await send(other!, '192.0.2.200')).status).toBe(200);
    // Each address has its share.
    expect((await send(other!, '192.0.2.0')).status).toBe(429);
    expect((await send(slow[0]!, '192.0.2.200')).status).toBe(429);
  });

  it('count by what has arrived, not by what is announced', async () => {
    const [one, two] = await users(2);
    const [small, large] = [await begin(one!, '198.51.100.1'), await begin(two!, '198.51.100.1', 2_000_000)];
    if (large.text === '') await once(large.socket, 'data');
    expect(large.text).toMatch(/^HTTP\/1\.1 429 /);
    expect(small.text).toBe('');
  });
});
