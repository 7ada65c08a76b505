import { lookup as lookUp, type LookupAddress, type LookupOptions } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import { isIP } from 'node:net';
import { mayReach, type Reach } from './reach.ts';

/** Longest time for which the body of an answer is read, in milliseconds. */
const maxBodyMs = 2000;

/** Bytes of an answer that are read; the connection ends behind them. */
const maxAnswerBytes = 1024;

/** There was no answer. The message can be shown to whoever chose the address. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface GuardedAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The beginning of the answer. */
  readonly head: string;
}

/** What is sent once the connection stands. */
export interface GuardedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface GuardedRequestOptions {
  readonly reach: Reach;
  /** Makes the message when the connection stands, so that it is as new as can be. */
  readonly message: () => Promise<GuardedMessage>;
  /** Longest time from the look-up of the name to the answer's status, in milliseconds. */
  readonly timeoutMs: number;
}

const notReached = (name: string, { allowPrivate }: Reach): NoAnswer =>
  new NoAnswer(
    allowPrivate
      ? `${name} is an address that is never asked, such as one of the service itself.`
      : `${name} is not an address of the public internet.`,
  );

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Looks up all addresses of a name, as `dns.lookup` does. */
export type LookUpAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Looks a name up for a connection, and refuses it if any of its addresses may not be reached. The connection goes to the
 * addresses that were checked: a name that answers differently the next time changes nothing.
 */
export const guardedLookup =
  (port: number, reach: Reach, lookUpAll: LookUpAll = lookUp) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void =>
    lookUpAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      if (!addresses.every(({ address }) => mayReach(address, port, reach)))
        return callback(notReached(hostname, reach), []);
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      callback(null, first?.address ?? '', first?.family);
    });

/**
 * Opens a request on a connection of its own, which follows no redirect and leads to no address beyond its reach.
 * @throws NoAnswer
 */
export function openGuarded(
  url: string,
  { method, reach }: { readonly method: 'GET' | 'POST'; readonly reach: Reach },
): ClientRequest {
  const { hostname, protocol, port } = new URL(url);
  const isSecure = protocol === 'https:';
  const portNumber = port === '' ? (isSecure ? 443 : 80) : Number(port);
  const host = hostname.replace(/^\[|\]$/g, '');
  // Connections to addresses look nothing up.
  if (isIP(host) !== 0 && !mayReach(host, portNumber, reach)) throw notReached(host, reach);
  const send = isSecure ? requestEncrypted : requestPlain;
  return send(url, { method, agent: false, lookup: guardedLookup(portNumber, reach) });
}

/**
 * Sends a POST request to an address that a client has chosen: bounded in time, on a connection of its own, following no
 * redirect, and never beyond its reach.
 * @throws NoAnswer, and what making the message throws
 */
export async function guardedRequest(
  url: string,
  { reach, message, timeoutMs }: GuardedRequestOptions,
): Promise<GuardedAnswer> {
  const { protocol } = new URL(url);
  const sent = openGuarded(url, { method: 'POST', reach });
  return new Promise((resolve, reject) => {
    const abandon = (error: Error): void => {
      reject(error);
      sent.destroy();
    };
    let isAnswered = false;
    const fail = (error: unknown): void => {
      // The status counts, whatever becomes of the rest of the answer.
      if (isAnswered) return void sent.destroy();
      abandon(error instanceof NoAnswer ? error : new NoAnswer(faultOf(error)));
    };
    const timer = setTimeout(() => fail(new NoAnswer(`No answer within ${timeoutMs / 1000} s.`)), timeoutMs);
    sent.on('error', fail);
    sent.once('close', () => {
      clearTimeout(timer);
      fail(new NoAnswer('The connection ended without an answer.'));
    });
    const take = (answer: IncomingMessage, head: Promise<string>): void => {
      const { statusCode = 0 } = answer;
      if (statusCode < 300 && !sent.writableFinished)
        return fail(new NoAnswer(`The answer ${statusCode} came before the message was sent.`));
      isAnswered = true;
      clearTimeout(timer);
      void head.then((text) => {
        resolve(answerOf(answer, text));
        sent.destroy();
      });
    };
    sent.once('response', (answer) => take(answer, readHead(answer)));
    // Nobody has asked for another protocol.
    sent.once('upgrade', (answer, socket) => {
      socket.destroy();
      take(answer, Promise.resolve(''));
    });
    onceConnected(sent, protocol, () => {
      message().then(({ headers, body }) => {
        if (sent.destroyed) return;
        for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
        sent.setHeader('content-length', Buffer.byteLength(body));
        sent.end(body);
      }, abandon);
    });
  });
}

function onceConnected(sent: ClientRequest, protocol: string, act: () => void): void {
  sent.once('socket', (socket) => socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', act));
}

/** Names of network faults for people; no internals of the service. */
export function faultOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined
    ? `The connection failed: ${message.slice(0, 200)}`
    : `The connection failed: ${code}.`;
}

async function readHead(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => answer.destroy(), maxBodyMs);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop ends the connection.
      if (bytes >= maxAnswerBytes) break;
    }
  } catch {
    // It was broken off.
  }
  clearTimeout(timer);
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8');
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, head: string): GuardedAnswer {
  return { status: statusCode, retryAfter: headers['retry-after'], head };
}
