/** @database none */
import { describe, expect, it } from '@jest/globals';
import { answerType, plainType } from '../../../src/carriers/graphql/negotiation.ts';
import { accepted, maxAcceptLength, quality } from '../../../src/platform/http/accepted.ts';
import { prefersHtml } from '../../../src/platform/http/browsers.ts';

const asking = (accept: string) => ({ method: 'GET', headers: { accept, 'accept-encoding': accept } });

describe('what a request accepts', () => {
  it('is read once', () => {
    const request = asking('text/html, application/json;q=0.9');
    const read = accepted(request, 'accept');
    expect(read).toEqual(
      new Map([
        ['text/html', 1],
        ['application/json', 0.9],
      ]),
    );
    expect([prefersHtml(request), answerType(request)]).toEqual([true, plainType]);
    expect(accepted(request, 'accept')).toBe(read);
  });

  it('has the first weight of each name, whatever its case, and none for what is no weight', () => {
    const request = asking('BR;q=0.5, br, gzip;level=1;q=0.2, deflate;q=much, identity');
    const weights = ['br', 'gzip', 'deflate', 'identity', 'zstd'].map((each) =>
      quality(request, 'accept-encoding', each),
    );
    expect(weights).toEqual([0.5, 0.2, 0, 1, 0]);
  });

  it('counts as absent where it is longer than anybody needs', () => {
    const long = `${','.repeat(maxAcceptLength - 8)}text/html`;
    expect(accepted(asking(long.slice(1)), 'accept')?.get('text/html')).toBe(1);
    expect(accepted(asking(long), 'accept')).toBeUndefined();
    expect([prefersHtml(asking(long)), answerType(asking(long))]).toEqual([false, plainType]);
    expect(accepted({ headers: {} }, 'accept')).toBeUndefined();
  });
});
