import type { Attack } from './attack.ts';
import { validationPatterns } from './documents.ts';

/** Documents at the limits of size, one after the other: none of them may block the event loop. */
export const worstValidation: Attack = {
  title: 'Documents at the limit of tokens, by the worst known patterns of validation',
  async send(attackers) {
    for (const query of Object.values(validationPatterns)) {
      const from = attackers.newAddress();
      await attackers.post(from, { query });
      if (!attackers.isLong) continue;
      await attackers.stream(attackers.newAddress(), { query: query.replace(/^query\b/, 'subscription') });
      if (query.length < 60_000) await attackers.subscribe(attackers.newAddress(), { query });
    }
  },
};
