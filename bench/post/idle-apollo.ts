import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { answerParent } from '../../harness/processes/answer-parent.ts';

/*
 * The cost of Fastify and Apollo Server alone: the same mutation over the service's own schema, with constant resolvers
 * and no plugin. No service that posts through Apollo can be faster.
 */

const globalId = (...keys: readonly string[]): string => Buffer.from(keys.join(':')).toString('base64url');

const payload = {
  comment: {
    id: globalId('Comment', '1', '1'),
    depth: 0,
    threadPosition: '0000000000000001',
    author: { id: globalId('CommentAuthor', '1'), name: 'Ada Example', avatarUrl: null },
    bodyHtml: '<p>The last boat left the pier at ten past eight, as it has for <em>forty</em> years.</p>',
    status: 'PUBLISHED',
    revision: 1,
    createdAt: '2026-11-24T00:00:00.000Z',
    permalink: 'https://standfirst.example/articles/1#1',
    parent: null,
  },
  article: { id: globalId('Article', '1'), commentCount: 1, liveCursor: globalId('1', '1') },
  userErrors: [],
};

const apollo = new ApolloServer({
  typeDefs: await readFile(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'),
  resolvers: { Mutation: { addComment: () => Promise.resolve(payload) } },
});
await apollo.start();
const server = Fastify();
server.post('/graphql', fastifyApolloHandler(apollo));
const url = await server.listen({ host: '127.0.0.1', port: 0 });

process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
answerParent(() => Promise.resolve(url));
