import type { Attack } from './attack.ts';
import { series } from './documents.ts';

const orders = ['NEWEST', 'OLDEST', 'MOST_DISCUSSED', 'MOST_ENDORSED', 'RECENTLY_ACTIVE', 'RECENTLY_UPDATED'];

/** Each alias causes a different statement. */
const statements = (number: number): string =>
  `query P${number}{${series(39, (index) => {
    const order = orders[index % orders.length] ?? '';
    const after = new Date(Date.UTC(2000, number, index + 1)).toISOString();
    return `a${index}:articles(first:20,orderBy:${order},filter:{publishedAfter:"${after}"}){nodes{id}}`;
  })}}`;

/** One client's statements compete with those of all others. */
export const poolShare: Attack = {
  title: '30 requests of 39 aliases at once, each alias a statement',
  async send(attackers) {
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) {
      const from = attackers.newAddress();
      await Promise.all(
        Array.from({ length: 30 }, (_, number) => attackers.post(from, { query: statements(number) })),
      );
    }
  },
};
