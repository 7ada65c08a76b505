import type { FastifyInstance } from 'fastify';
import { nothingKept } from '../../platform/http/cache-control.ts';
import { refuseForeignReads } from '../../platform/http/refusals.ts';
import { serveCommentCounts } from './comment-counts.ts';
import { serveFeeds } from './feed-routes.ts';
import { serveOembed } from './oembed.ts';
import type { FeedsOptions } from './public-answer.ts';

/*
 * What other sites and programs read without GraphQL: feeds, oEmbed, numbers of comments. All of it is made of answers
 * to the service's own operations, which pass the same gate as everybody's and cost the client that asks their price;
 * all of it is what a signed-out reader may see, whoever asks.
 */

/** Registers the addresses of feeds, of oEmbed and of numbers of comments. */
export const feedsRoutes =
  (options: FeedsOptions) =>
  (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', (_request, reply, done) => {
      // Of refusals as well, until there is an answer.
      void reply.header('cache-control', nothingKept);
      done();
    });
    refuseForeignReads(app, options.pageOrigins);
    serveFeeds(app, options);
    serveOembed(app, options);
    serveCommentCounts(app, options);
    return Promise.resolve();
  };
