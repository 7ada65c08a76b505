import type { Attack } from './attack.ts';
import { overlapping } from './documents.ts';

/** Different invalid documents, of each of which the service may retain little. */
export const refusedDocuments: Attack = {
  title: '62 documents of 4 kB that are invalid and long to check, on each carrier',
  async send(attackers) {
    const payloads = Array.from({ length: 62 }, (_, number) => ({ query: overlapping(number + 1) }));
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) await attackers.onEachCarrier(payloads);
  },
};
