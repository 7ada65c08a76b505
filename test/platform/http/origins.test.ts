/** @database either */
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { isAllowedOrigin, isOwnOrigin, mayOpenStream, mayRead } from '../../../src/platform/http/origins.ts';
import { useApp } from '../../support/app.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { eventually } from '../../support/eventually.ts';

const site = 'https://news.example.org';

/** Origins of pages, the Host headers of their requests, and whether the page is the service's own. */
const pages: readonly (readonly [origin: string, host: string, isOwn: boolean])[] = [
  [site, 'news.example.org', true],
  // A proxy may ask by another name.
  [site, 'app:4000', true],
  ['http://news.example.org', 'news.example.org', false],
  ['https://news.example.org:8443', 'news.example.org:8443', false],
  // Somebody else's name that leads here.
  ['https://attacker.example', 'attacker.example', false],
  ['http://attacker.example:4000', 'attacker.example:4000', false],
  ['http://127.0.0.1.attacker.example:4000', '127.0.0.1.attacker.example:4000', false],
  ['http://127.attacker.example', '127.attacker.example', false],
  ['http://localhost.attacker.example', 'localhost.attacker.example', false],
  ['http://192.168.1.5.attacker.example', '192.168.1.5.attacker.example', false],
  // In the same network, through a tunnel, or on the machine itself: no DNS is asked for addresses.
  ['http://192.168.1.5:4000', '192.168.1.5:4000', true],
  ['http://192.168.1.5:4000', '192.168.1.6:4000', false],
  ['http://[fd00::5]:4000', '[fd00::5]:4000', true],
  ['http://localhost:4000', 'localhost:4000', true],
  ['http://127.0.0.1:4000', '127.0.0.1:4000', true],
  ['http://127.3.2.1:4000', '127.3.2.1:4000', true],
  ['http://[::1]:4000', '[::1]:4000', true],
  ['http://localhost:3000', 'localhost:4000', false],
  ['http://localhost:4000', '127.0.0.1:4000', false],
  ['http://localhost:4000/', 'localhost:4000', false],
  ['null', 'null', false],
  ['', '', false],
];

describe('the service’s own pages', () => {
  it.each(pages)('%s, asked at %s: %s', (origin, host, isOwn) => {
    const { pageOrigins } = parseConfig({ PUBLIC_URL: `${site}/comments/` });
    const headers = { origin, host };
    expect(isOwnOrigin(origin, headers, `${site}/comments`)).toBe(isOwn);
    expect(isAllowedOrigin(headers, pageOrigins)).toBe(isOwn);
    expect(mayOpenStream({ ...headers, 'sec-fetch-site': 'same-origin' }, pageOrigins)).toBe(isOwn);
    expect(mayRead(headers, pageOrigins)).toBe(isOwn);
    // Without PUBLIC_URL, addresses alone.
    expect(isAllowedOrigin(headers, parseConfig({}).pageOrigins)).toBe(isOwn && origin !== site);
  });
});

describe('a page below a name that was made to lead here', () => {
  const service = useApp();

  it('opens no socket, though its name is that of the Host header', async () => {
    const { port } = new URL(service().url);
    for (const [name, opens] of [
      [`attacker.example:${port}`, false],
      [`localhost:${port}`, true],
    ] as const) {
      const socket = new RawSocket(service().url, { headers: { host: name, origin: `http://${name}` } });
      await eventually('the upgrade to be answered', () => socket.refused ?? socket.ws.readyState === 1);
      expect([name, socket.refused]).toEqual([name, opens ? undefined : 403]);
      socket.ws.terminate();
    }
  });
});
