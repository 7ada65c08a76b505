import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../../harness/processes/answer-parent.ts';

// A bare server as a reference: delays of its answers are caused by the machine.
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end('{"status":"live"}');
}).listen(0, '127.0.0.1');

answerParent(
  () =>
    new Promise((resolve) => {
      const tell = (): void => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      if (server.listening) tell();
      else server.once('listening', tell);
    }),
);
