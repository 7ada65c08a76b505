/** @database either */
import { describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { longestAt } from '../../../src/platform/graphql/max-length.ts';
import * as paths from '../../../src/platform/http/paths.ts';
import { useApp } from '../../support/app.ts';

/** Texts that are the worst for one or another part of the service, each of any length. */
const hostile: Readonly<Record<string, (length: number) => string>> = {
  'marks in the wrong order': (length) => `a${'\u0315\u0300\u05ae'.repeat(length / 3)}`,
  'words with at signs': (length) => 'a@b.c '.repeat(length / 6),
  'invisible characters': (length) => '\u200b'.repeat(length),
  'quotes and backslashes': (length) => '"\\'.repeat(length / 2),
};

/** The same in the characters that addresses and headers may have. */
const hostileAscii: Readonly<Record<string, (length: number) => string>> = {
  letters: (length) => 'a'.repeat(length),
  'words with at signs': (length) => 'a@'.repeat(length / 2),
  'escaped marks': (length) => '%CC%81'.repeat(length / 6),
  'pairs, lists and dots': (length) => 'a=b;,.'.repeat(length / 6),
  'nothing but commas': (length) => ','.repeat(length),
  'white space': (length) => `a${'%20'.repeat(length / 3)}`,
  'a pattern of paths': (length) => `:a(${'[a]'.repeat((length - 4) / 3)})`,
};

/** Node.js takes 16 KiB for the address and all headers together. */
const headerLength = 14_000;
/** Shorter than the largest body that the service takes, which it refuses by its length alone. */
const bodyLength = 200_000;

interface Sent {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const routes: readonly string[] = [
  ...Object.values(paths as Readonly<Record<string, unknown>>).filter(
    (value): value is string => typeof value === 'string' && value.startsWith('/'),
  ),
  ...Object.values(paths.pageRoutes),
  `${paths.unsubscribePath}/:token`,
  '/sitemap-articles-1.xml',
  '/:nothing',
];

const headerNames = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'content-type',
  'cookie',
  'forwarded',
  'if-none-match',
  'last-event-id',
  'origin',
  'range',
  'referer',
  'sec-websocket-protocol',
  paths.deviceHeader,
  'stripe-signature',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
];

/** Every route with its parameters, its query and each header at the greatest size. */
function* toRoutes(): Generator<Sent> {
  for (const [kind, make] of Object.entries(hostileAscii)) {
    const text = make(headerLength);
    for (const route of routes) {
      if (route.startsWith('/health')) continue;
      if (route.includes(':'))
        yield {
          name: `GET ${route} (${kind})`,
          method: 'GET',
          path: route.replace(/:\w+/, text).replaceAll(/:\w+/g, 'x'),
        };
      const path = route.replaceAll(/:\w+/g, 'x');
      const names = ['query', 'url', 'q', 'after', 'client', 'code', 'state'];
      const part = make(headerLength / names.length);
      yield {
        name: `GET ${route}?… (${kind})`,
        method: 'GET',
        path: `${path}?${names.map((name) => `${name}=${part}`).join('&')}`,
      };
      const body = Buffer.from(names.map((name) => `${name}=${make(bodyLength / names.length)}`).join('&'));
      for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain'])
        yield {
          name: `POST ${route} as ${type} (${kind})`,
          method: 'POST',
          path,
          headers: { 'content-type': type },
          body,
        };
    }
    for (const header of headerNames)
      for (const path of ['/', paths.graphqlPath, paths.streamPath, paths.ownDataPath])
        yield {
          name: `GET ${path} with ${header} (${kind})`,
          method: 'GET',
          path,
          headers: { [header]: text },
        };
  }
}

const settings = parseConfig({});

/** A value of a type, whose texts have the greatest length. */
function worst(
  type: GraphQLInputType,
  place: GraphQLArgument | GraphQLInputField,
  make: (length: number) => string,
): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return Array.from({ length: 3 }, () => worst(nullable.ofType, place, make));
  if (isInputObjectType(nullable))
    return Object.fromEntries(
      Object.values(nullable.getFields()).map((field) => [field.name, worst(field.type, field, make)]),
    );
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  const fixed: Readonly<Record<string, unknown>> = {
    Int: 1,
    Boolean: true,
    SafeInt: 1,
    DateTime: '2026-03-01T09:12:00.000Z',
    PartialDateTime: '2026',
    UUID: 'a4f8f3a0-1b1e-4c7e-9d2f-3f1f0a9b6c5d',
    MinorUnits: '100',
    CurrencyCode: 'EUR',
    URL: `https://example.org/${'%CC%81'.repeat(300)}`,
  };
  const { name } = getNamedType(nullable);
  return name in fixed ? fixed[name] : make(Math.min(longestAt(place, settings), bodyLength));
}

/** Every query and mutation with each of its texts at the greatest length. */
function* operations(): Generator<Sent> {
  const schema = buildApiSchema(features);
  for (const [kind, make] of Object.entries(hostile))
    for (const [word, root] of [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
    ] as const)
      for (const field of Object.values(root?.getFields() ?? {})) {
        if (field.args.length === 0) continue;
        yield {
          name: `${word} ${field.name} (${kind})`,
          method: 'POST',
          path: paths.graphqlPath,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(operation(word, field, make))),
        };
      }
}

function operation(
  word: string,
  field: GraphQLField<unknown, unknown>,
  make: (length: number) => string,
): object {
  // Pages take one direction, and the address or the id of an article.
  const left = new Set(['last', 'before', 'around']);
  const args = field.args.filter(({ name, type }) => isNonNullType(type) || !left.has(name));
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
  return {
    query: `${word} (${args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ')}) { ${field.name}(${given})${selection} }`,
    variables: Object.fromEntries(args.map((arg) => [arg.name, worst(arg.type, arg, make)])),
  };
}

/** @returns the status; undefined: the service closed the connection. An answer that goes on is left after its head. */
function send(url: string, { method, path, headers, body }: Sent): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(`${url}${path}`, { method, headers: { ...headers }, agent: false }, (response) => {
      resolve(response.statusCode);
      response.resume();
      if (response.headers['content-type']?.startsWith('text/event-stream') === true) sent.destroy();
    });
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

const mostMs = 50;
/** How often something that took long is tried again: whatever else the machine does takes time as well. */
const mostTries = 12;

/**
 * Sends everything. What took long is sent again after all others: a machine that is busy, or a collection of garbage, holds up
 * several tries in a row.
 * @returns what took longer than it may in every try
 */
async function tooLong(all: Iterable<Sent>, measure: (sent: Sent) => Promise<number>): Promise<string[]> {
  const slow = new Map<Sent, number>();
  const measureAgain = async (sent: Sent): Promise<void> => {
    const least = Math.min(slow.get(sent) ?? Infinity, await measure(sent));
    if (least > mostMs) slow.set(sent, least);
    else slow.delete(sent);
  };
  for (const sent of all) await measureAgain(sent);
  for (let tries = 1; tries < mostTries; tries++)
    for (const sent of [...slow.keys()]) await measureAgain(sent);
  return [...slow].map(([{ name }, ms]) => `${name}: ${Math.round(ms)} ms`);
}

/** @returns the processor time that the process has used since `before`, in milliseconds */
function processorTime(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('what a stranger sends at its greatest size', () => {
  const service = useApp({ TRUST_PROXY: 'true' });

  /**
   * Sends it once. @returns the longest time for which the event loop stood still, in milliseconds; the whole processor time where
   * that is less, since the loop also stands still while the machine runs other processes
   */
  async function stallOf(sent: Sent): Promise<number> {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const before = process.cpuUsage();
    const status = await send(service().url, sent);
    // One more turn of the loop, so that the delay of the last one is counted.
    await new Promise((resolve) => setTimeout(resolve, 2));
    delay.disable();
    if (status !== undefined && status >= 500 && status !== 503) throw new Error(`${sent.name}: ${status}`);
    return Math.min(delay.max / 1e6, processorTime(before));
  }

  it.each([
    ['every route, in its parameters, query, body and headers', toRoutes],
    ['every operation, in each of its texts', operations],
  ])('holds nobody else up: to %s', async (_, all) => {
    expect(await tooLong(all(), stallOf)).toEqual([]);
  });

  /** @param most where the tries end early: whatever else the machine does takes time as well */
  async function leastStallOf(sent: Sent, most = 0): Promise<number> {
    let least = Infinity;
    for (let tries = 0; tries < 4 * mostTries && least >= most; tries++)
      least = Math.min(least, await stallOf(sent));
    return least;
  }

  it('takes little longer for a path that looks like a pattern of paths than for another', async () => {
    const sent = (path: string): Sent => ({ name: path.slice(0, 9), method: 'GET', path });
    const most = 3 + (await leastStallOf(sent(`/${'a'.repeat(headerLength)}`)));
    for (const part of ['[a]', '[', 'a|', '(a)', ':b-', '/:b', '::'])
      expect(await leastStallOf(sent(`/:a(${part.repeat(headerLength / part.length)})`), most)).toBeLessThan(
        most,
      );
  });

  it.each(['accept', 'accept-encoding', 'if-none-match', 'cookie', 'forwarded', 'x-forwarded-for'])(
    'takes little longer for %s with a list of fourteen thousand than without',
    async (header) => {
      const sent = (text: string): Sent => {
        return { name: header, method: 'GET', path: paths.graphqlPath, headers: { [header]: text } };
      };
      const most = 5 + (await leastStallOf(sent('a'.repeat(headerLength))));
      expect(await leastStallOf(sent(','.repeat(headerLength)), most)).toBeLessThan(most);
    },
  );
});

describe('what a stranger sends who has used up the limits', () => {
  const service = useApp({ RATE_LIMITS: 'on', MAX_REQUESTS_PER_MINUTE: '10' });

  it('is refused with little work', async () => {
    const timeOf = async (sent: Sent): Promise<number> => {
      const before = process.cpuUsage();
      await send(service().url, sent);
      return processorTime(before);
    };
    const front = { name: 'front page', method: 'GET', path: '/' };
    for (let sent = 0; sent < 10; sent++) expect(await send(service().url, front)).not.toBe(429);
    expect(await send(service().url, front)).toBe(429);
    expect(await tooLong(toRoutes(), timeOf)).toEqual([]);
    expect(await tooLong(operations(), timeOf)).toEqual([]);
  });
});
