import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createPubSub } from '@graphql-yoga/subscription';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { answerParent } from '../../harness/processes/answer-parent.ts';

/*
 * The recipe of the libraries' documentation: `useServer` of graphql-ws, `createPubSub`, and one execution for each
 * subscriber and event. The service's schema with default resolvers over events in memory: no database, no
 * authorisation, no cursors.
 */

interface Frame {
  readonly payload: { readonly data: { readonly articleEvents: object } };
}

const pubSub = createPubSub<{ event: [object] }>();
const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
const field = schema.getSubscriptionType()?.getFields().articleEvents;
if (!field) throw new Error('The schema has no articleEvents');
field.subscribe = () => pubSub.subscribe('event');
field.resolve = (event) => event;

const server = createServer();
const graphql = new WebSocketServer({ noServer: true, perMessageDeflate: false });
// Without a heartbeat, like the bare server: under load it would consider its slowest subscribers dead.
useServer({ schema }, graphql, 0);
const publishers = new WebSocketServer({ noServer: true });
publishers.on('connection', (socket) =>
  socket.on('message', (data: Buffer) => {
    pubSub.publish('event', (JSON.parse(data.toString()) as Frame).payload.data.articleEvents);
  }),
);
server.on('upgrade', (request, socket, head) => {
  const of = request.url === '/publish' ? publishers : graphql;
  of.handleUpgrade(request, socket, head, (opened) => of.emit('connection', opened, request));
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});
process.on('SIGTERM', () => process.exit(0));
answerParent();
