/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { type Arrival, checkArrivals, countAgain } from '../../faults/webhooks/arrivals.ts';

/* Tests that the checker of the fault harness finds what is wrong with what an endpoint was sent. */

const arrival = (position: number, more: Partial<Arrival> = {}): Arrival => ({
  id: `epoch-${position}`,
  position,
  articleId: position % 2 === 0 ? 'even' : 'odd',
  sequence: position,
  isTaken: true,
  at: 0,
  ...more,
});
const positions = [1, 2, 3, 4];

it('an endpoint may get messages again, and of different articles in any order', () => {
  const arrivals = [
    arrival(2),
    arrival(1, { isTaken: false }),
    arrival(1),
    arrival(1),
    arrival(3),
    arrival(1),
    arrival(4),
  ];
  expect(checkArrivals(arrivals, positions)).toEqual([]);
  expect(countAgain(arrivals)).toBe(2);
});

it.each<[string, Arrival[], RegExp]>([
  ['an event that never came', [arrival(1), arrival(2), arrival(4)], /event 3 .* came under 0 ids/],
  [
    'an event that was only refused',
    [arrival(1), arrival(2), arrival(3, { isTaken: false }), arrival(4)],
    /event 3 .* came under 0 ids/,
  ],
  [
    'an event under two ids',
    [arrival(1), arrival(2), arrival(3), arrival(3, { id: 'other', articleId: 'another' }), arrival(4)],
    /event 3 .* came under 2 ids/,
  ],
  [
    'an article out of order',
    [arrival(3), arrival(1), arrival(2), arrival(4)],
    /article odd: event 1 came behind event 3/,
  ],
  [
    'an event that does not exist',
    [...positions.map((position) => arrival(position)), arrival(5)],
    /event 5 came, and the site has no such event/,
  ],
])('%s is found', (_, arrivals, fault) => {
  const [found, ...others] = checkArrivals(arrivals, positions);
  expect([found, others]).toEqual([expect.stringMatching(fault), []]);
});
