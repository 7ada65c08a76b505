import type { Attack } from './attack.ts';
import { series } from './documents.ts';

/** Lists without pagination, whose size is not visible in the document. */
export const plainLists: Attack = {
  title: '14 comments × 11 aliases of `ancestors{ancestors{id}}` in a deep thread, and of 1,000 `signatures`',
  async send(attackers) {
    const { deepArticle, signedArticle } = attackers.targets;
    const ancestors = series(11, (index) => `a${index}:ancestors{ancestors{id}}`);
    const signatures = series(8, (index) => `a${index}:signatures{name role organisation}`);
    const ids = series(100, () => `"${signedArticle}"`);
    const queries = [
      `{node(id:"${deepArticle}"){...on Article{allComments(first:14,orderBy:NEWEST){nodes{${ancestors}}}}}}`,
      `{node(id:"${deepArticle}"){...on Article{allComments(first:30,orderBy:NEWEST){nodes{ancestors{ancestors{ancestors{id}}}}}}}}`,
      `{nodes(ids:[${ids}]){...on Article{${signatures}}}}`,
    ];
    for (const query of queries) {
      const from = attackers.newAddress();
      await attackers.post(from, { query });
      if (attackers.isLong) await Promise.all([1, 2, 3].map(() => attackers.post(from, { query })));
    }
  },
};
