/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { countedAddress } from '../../../src/platform/http/client-address.ts';
import { useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket } from '../../support/raw-socket.ts';

describe('the address by which limits count a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:a::b:1:2:3', '2001:db8:a:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('at %j is %j', (address, counted) => {
    expect(countedAddress(address)).toBe(counted);
  });
});

describe('a client that names other addresses, where no proxy is trusted', () => {
  const service = useApp({ RATE_LIMITS: 'on', MAX_REQUESTS_PER_MINUTE: '10' });
  const from = (last: number) => ({ headers: { 'x-forwarded-for': `192.0.2.${last}` } });

  it('is counted by its own address, over HTTP and WebSocket', async () => {
    const app = service();
    for (let last = 1; last <= 10; last++)
      expect((await app.query('{ __typename }', {}, from(last))).errors).toBeUndefined();
    expect((await app.query('{ __typename }', {}, from(11))).status).toBe(429);
    const socket = new RawSocket(app.url, from(12));
    await eventually('the socket to be refused', () => socket.refused ?? socket.closed);
    expect(socket.refused).toBe(429);
  });
});
