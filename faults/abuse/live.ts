import { print } from 'graphql';
import { ArticleEventsDocument } from '../../web/graphql/generated/graphql.ts';
import type { Attack } from './attack.ts';

/** Most close codes that may have a series of their own in the metrics. */
const mostCodes = 40;

/** The subscription of the reader's page, as its build sends it. */
export const pageSubscription = print(ArticleEventsDocument);

const listening = (articleId: string, name: string): string =>
  `subscription{articleEvents(articleId:"${articleId}"){${name}:cursor}}`;

/** A refusal may arrive as the first result of a stream. */
const isOpened = (text: string): boolean => text.includes('"type":"next"') && !text.includes('"errors"');

/**
 * Each selection is executed for each event, so their number is bounded; the page's own selection must still be
 * accepted.
 */
export const selections: Attack = {
  title: 'Ten addresses × 20 different selections of one article, then the page’s own',
  async send(attackers) {
    const { emptyArticle: articleId } = attackers.targets;
    const opened = await Promise.all(
      attackers.newAddresses(10).map(async (from, socketNumber) => {
        const socket = await attackers.socket(from);
        const first = Array.from({ length: 20 }, (_, index) =>
          socket.first({ query: listening(articleId, `s${socketNumber}x${index}`) }),
        );
        attackers.countSent(20);
        return Promise.all(first);
      }),
    );
    attackers.note('selections', opened.flat().filter(isOpened).length);
    const reader = await attackers.socket(attackers.newAddress());
    const text = await reader.first({ query: pageSubscription, variables: { articleId } });
    attackers.expect(isOpened(text), `the page’s own subscription got ${text || 'nothing'}`);
  },
};

/** Requests that another site's page can cause in a reader's browser, and the effect of close codes on the metrics. */
export const foreignPages: Attack = {
  title: 'Streams opened by other sites’ pages, and 60 close codes of clients’ choice',
  async send(attackers) {
    const { emptyArticle } = attackers.targets;
    const query = encodeURIComponent(listening(emptyArticle, 'c'));
    const { status, codes } = await attackers.send(attackers.newAddress(), {
      method: 'GET',
      path: `/graphql/stream?query=${query}`,
      headers: { accept: 'text/event-stream', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    });
    attackers.expect(
      status === 403,
      `a stream that another site’s page opened was answered with ${status} ${codes.join()}`,
    );
    await Promise.all(
      attackers.newAddresses(60).map(async (from, index) => {
        const socket = await attackers.socket(from);
        socket.close(4000 + index * 7);
        attackers.countSent(1);
        await socket.closed();
      }),
    );
    const metrics = await attackers.send(attackers.newAddress(), { method: 'GET', path: '/metrics' });
    const found = metrics.text.match(/websocket_closes_total\{/g)?.length ?? 0;
    attackers.note('series of close codes', found);
    attackers.expect(found <= mostCodes, `the metrics have ${found} series of close codes`);
  },
};
