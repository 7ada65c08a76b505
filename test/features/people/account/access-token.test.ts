/** @database either */
import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { AccessTokens } from '../../../../src/platform/auth/access-token.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

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

describe('the secret of access tokens', () => {
  const sessionId = '00000000-0000-4000-8000-000000000000';
  const clock = new PinnedClock(new Date('2026-01-01T00:00:00Z'));
  const [old, next] = ['an old secret that only the tests know', 'the next secret that only the tests know'];
  const tokensOf = (secret: string, ...acceptedSecrets: string[]) =>
    new AccessTokens({ secret, acceptedSecrets, ttlSeconds: 60, clock });

  it('is changed without an invalid token, whichever node is first', async () => {
    const steps = [tokensOf(old), tokensOf(old, next), tokensOf(next, old), tokensOf(next)];
    const made = await Promise.all(steps.map((step) => step.sign('7', sessionId)));
    const valid = await Promise.all(
      steps.map((step) =>
        Promise.all(made.map(async ({ token }) => ((await step.verify(token)) ? 'valid' : 'no'))),
      ),
    );
    expect(valid).toEqual([
      ['valid', 'valid', 'no', 'no'],
      ['valid', 'valid', 'valid', 'valid'],
      ['valid', 'valid', 'valid', 'valid'],
      ['no', 'no', 'valid', 'valid'],
    ]);
  });

  it('is named in the header of a token, and not to be guessed from it', async () => {
    const [{ token }, { token: other }] = [
      await tokensOf(old).sign('7', sessionId),
      await tokensOf(next).sign('7', sessionId),
    ];
    const [header, same] = [decodeProtectedHeader(token), decodeProtectedHeader(other)];
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{16}$/) });
    expect(same.kid).not.toBe(header.kid);
  });

  it('is tried where a token names none, as those of earlier versions', async () => {
    const unnamed = (secret: string) =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setSubject('7')
        .setAudience('standfirst')
        .setIssuedAt(clock.now())
        .setExpirationTime(new Date(clock.now().getTime() + 60_000))
        .sign(Buffer.from(secret));
    const tokens = tokensOf(next, old);
    expect(await tokens.verify(await unnamed(old))).toMatchObject({ accountId: '7' });
    expect(
      await tokens.verify(await unnamed('a secret of somebody else, as long as it must be')),
    ).toBeUndefined();
  });

  it('is not chosen by whoever forges a header', async () => {
    const { kid = '' } = decodeProtectedHeader((await tokensOf(old).sign('7', sessionId)).token);
    const forged = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
      .setSubject('7')
      .setAudience('standfirst')
      .setExpirationTime(new Date(clock.now().getTime() + 60_000))
      .sign(Buffer.from('a secret of somebody else, as long as it must be'));
    expect(await tokensOf(old, next).verify(forged)).toBeUndefined();
    for (const garbage of ['', 'a', 'a.b', 'a.b.c', '..', `${'x'.repeat(9000)}.e30.x`])
      expect(await tokensOf(old, next).verify(garbage)).toBeUndefined();
  });
});
