import { describe, expect, it } from '@jest/globals';
import { AccessTokens } from '../../src/auth/access-token.ts';
import { PinnedClock } from '../support/pinned-clock.ts';

describe('an access token that was verified before', () => {
  const sessionId = '00000000-0000-4000-8000-000000000000';

  it('stays valid until it expires, and makes no other token valid', async () => {
    const clock = new PinnedClock(new Date('2026-01-01T00:00:00Z'));
    const tokens = new AccessTokens({
      secret: 'a secret that only the tests know and use',
      ttlSeconds: 60,
      clock,
    });
    const { token, expiresAt } = await tokens.sign('7', sessionId);
    const good = { accountId: '7', sessionId, expiresAt };
    expect([await tokens.verify(token), await tokens.verify(token)]).toEqual([good, good]);
    const [header, payload] = token.split('.');
    expect(await tokens.verify(`${header}.${payload}.`)).toBeUndefined();
    expect(await tokens.verify(`${token}A`)).toBeUndefined();

    clock.advance(59.999);
    expect(await tokens.verify(token)).toEqual(good);
    clock.advance(0.001);
    expect(await tokens.verify(token)).toBeUndefined();
    expect(await tokens.verify(token)).toBeUndefined();
  });
});
