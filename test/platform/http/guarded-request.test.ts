/** @database none */
import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { guardedLookup, guardedRequest } from '../../../src/platform/http/guarded-request.ts';
import { isPublicAddress, mayReach } from '../../../src/platform/http/reach.ts';
import { useReceivers } from '../../support/receiver.ts';

const openReceiver = useReceivers();
const message = () => Promise.resolve({ headers: {}, body: '{}' });
const send = (url: string, allowPrivate: boolean, makeMessage = message) =>
  guardedRequest(url, { reach: { allowPrivate, ownPorts: [] }, message: makeMessage, timeoutMs: 20_000 });

describe('a request to an address that a client chose', () => {
  it.each([
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
    ],
    ...[
      '255.255.255.255',
      '192.0.2.1',
      '198.18.0.1',
      '240.0.0.1',
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
    ],
    ...[
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:db8::1',
      '::7f00:1',
      '::1:0:0',
      '100:0:0:1::1',
      '4000::1',
      'no address',
    ],
  ])('does not go to %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '93.184.215.14', '2606:4700:4700::1111'])('may go to %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  const reach = { allowPrivate: true, ownPorts: [4000, 5432, 6379] };
  const own = () => ['127.0.0.1', '192.168.7.1', 'fe80::7', 'fd12::7'];

  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '::1',
    'fd12::1',
    '::ffff:10.1.2.3',
    '1.1.1.1',
  ])('may go to %s where private networks are allowed', (address) => {
    expect(mayReach(address, 8080, reach, own)).toBe(true);
    expect(mayReach(address, 8080, { ...reach, allowPrivate: false }, own)).toBe(address === '1.1.1.1');
  });

  it.each([
    ...[
      '169.254.169.254',
      '169.254.0.1',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      '0.0.0.0',
      '224.0.0.1',
    ],
    ...['255.255.255.255', '240.0.0.1', '198.18.0.1', '192.0.2.1', '::', 'fe80::1', 'ff02::1', 'fec0::1'],
    ...[
      'fd00:ec2::254',
      'fd00:0ec2:0:0:0:0:0:254',
      'fd20:ce::254',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
    ],
    ...['64:ff9b::a9fe:a9fe', '64:ff9b::a00:1', '2002:a9fe:a9fe::', '2002:a00:1::', '::a00:1', 'no address'],
  ])('never goes to %s', (address) => {
    expect(mayReach(address, 80, reach, own)).toBe(false);
  });

  it.each([
    ['127.0.0.1', 4000],
    ['127.8.9.10', 5432],
    ['::1', 6379],
    ['::ffff:127.0.0.1', 5432],
    ['192.168.7.1', 5432],
    ['fd12:0:0:0:0:0:0:7', 6379],
  ])('never goes to what this machine has for itself: %s, port %s', (address, port) => {
    expect(mayReach(address, port, reach, own)).toBe(false);
    expect(mayReach(address, 8080, reach, own)).toBe(true);
  });

  it('never goes to its own ports by a name', async () => {
    const receiver = await openReceiver();
    const port = Number(new URL(receiver.url).port);
    const closed = { allowPrivate: true, ownPorts: [port] };
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]'])
      await expect(
        guardedRequest(`http://${host}:${port}/`, { reach: closed, message, timeoutMs: 20_000 }),
      ).rejects.toThrow('is an address that is never asked');
    expect(receiver.received).toEqual([]);
  });

  it('reaches nothing on this machine, however it is written', async () => {
    const receiver = await openReceiver();
    const { port } = new URL(receiver.url);
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]'])
      await expect(send(`http://${host}:${port}/`, false)).rejects.toThrow(
        'is not an address of the public internet',
      );
    expect(receiver.received).toEqual([]);
    expect(await send(receiver.url, true)).toMatchObject({ status: 204 });
  });

  it('goes to the addresses that were checked, all of which are public', async () => {
    const answers: LookupAddress[][] = [
      [{ address: '1.1.1.1', family: 4 }],
      [
        { address: '1.1.1.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
      [{ address: '10.0.0.1', family: 4 }],
    ];
    const lookUp = guardedLookup(443, { allowPrivate: false, ownPorts: [] }, (_name, _options, callback) =>
      callback(null, answers.shift() ?? []),
    );
    const ask = (all: boolean) =>
      new Promise((resolve) =>
        lookUp('example.org', { all }, (error, address) => resolve(error?.message ?? address)),
      );
    expect(await ask(true)).toEqual([{ address: '1.1.1.1', family: 4 }]);
    for (const all of [true, false])
      expect(await ask(all)).toBe('example.org is not an address of the public internet.');
  });

  it('reads the beginning of an answer that does not end, and says why there is none', async () => {
    const receiver = await openReceiver();
    receiver.answer = (_received, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(100)), 1);
      response.on('close', () => clearInterval(timer));
    };
    const { status, head } = await send(receiver.url, true);
    expect({ status, length: head.length }).toEqual({ status: 200, length: 1024 });
    receiver.answer = (_received, response) => void response.destroy();
    await expect(send(receiver.url, true)).rejects.toThrow('The connection failed: ECONNRESET.');
    const failing = () => Promise.reject(new TypeError('of the service'));
    await expect(send(receiver.url, true, failing)).rejects.toThrow(TypeError);
  });

  /** Asks a server that sends these bytes: without a message at once, and otherwise as soon as it has received something. */
  async function ask(bytes: string, makeMessage = message): Promise<{ readonly status: number }> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (makeMessage !== message) socket.resume().write(bytes);
      else socket.once('data', () => socket.write(bytes));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, true, makeMessage);
    } finally {
      server.close();
      await once(server, 'close');
    }
  }

  it('takes no other protocol, and counts a status whatever stands behind it', async () => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await ask(upgrade)).toEqual({ status: 101, retryAfter: undefined, head: '' });
    expect(await ask('HTTP/1.1 204 No Content\r\n\r\nand more')).toMatchObject({ status: 204 });
    expect(await ask('HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n')).toMatchObject({
      status: 429,
      retryAfter: '7',
    });
  });

  it('is not answered by what comes before its message', async () => {
    const early = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    await expect(ask(early, () => new Promise(() => undefined))).rejects.toThrow(
      'came before the message was sent',
    );
  });
});
