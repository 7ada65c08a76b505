import type { Attack } from './attack.ts';
import { overlapping } from './documents.ts';

const copies = (count: number, number: number) =>
  Array.from({ length: count }, () => ({ query: overlapping(number) }));

/** Copies of a document that was refused before. */
export const knownCopies: Attack = {
  title: '50 copies at once of an invalid document that is known, on each carrier',
  async send(attackers) {
    await attackers.post(attackers.newAddress(), { query: overlapping(100) });
    await attackers.onEachCarrier(copies(50, 100));
  },
};

/** Copies of a document whose validation waits behind that of others. */
export const waitingCopies: Attack = {
  title: '12 invalid documents, and 200 copies of one more, at once',
  async send(attackers) {
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) {
      const from = attackers.newAddress();
      const others = Array.from({ length: 12 }, (_, number) => ({
        query: overlapping(1000 + 20 * round + number),
      }));
      const all = [...others, ...copies(200, 1019 + 20 * round)];
      await Promise.all(all.map((payload) => attackers.post(from, payload)));
    }
  },
};
