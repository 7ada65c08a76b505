import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { clientKey } from '../../auth/client-key.ts';
import type { RateLimits } from '../../auth/rate-limits.ts';
import { RequestError } from '../../errors/errors.ts';
import type { Context } from '../../graphql/context.ts';
import { presentError, type FaultReporter } from '../../graphql/present-error.ts';
import { type Admitted, type Gate, type Refused } from '../../operations/gate.ts';
import type { Lanes } from '../../operations/lanes.ts';
import { largeAnswer, type SharedAnswers } from '../../operations/shared-answers.ts';
import type { Turns } from '../../operations/turns.ts';
import { KeptAnswer } from '../../kept/kept-answers.ts';
import { holdInAnyCase } from '../../http/arrivals.ts';
import { executedStatus, refusedStatus, responseType } from '../../http/answer-status.ts';
import type { ApolloExecutor, OperationResult } from './apollo.ts';
import { quality } from '../../http/browsers.ts';
import type { Doors } from '../../http/doors.ts';
import type { Metrics } from '../../http/metrics.ts';
import { sendTagged } from '../../http/tagged-answer.ts';
import { beginAnswer, isPublic, sendKept } from './public-answers.ts';
import { nothingKept, publicControl } from '../../http/cache-control.ts';
import { countedAddress } from '../../http/client-address.ts';
import { rateLimitFields } from '../../http/rate-limit-fields.ts';
import { isLargeBody, receivedOperation } from '../../http/received-operation.ts';

export interface GraphqlRouteOptions {
  readonly gate: Gate;
  readonly doors: Doors;
  readonly executor: ApolloExecutor;
  readonly lanes: Lanes;
  /** Undefined: no answer is kept in memory. */
  readonly shared: SharedAnswers | undefined;
  readonly rates: RateLimits;
  readonly turns: Turns;
  /** Makes the context of one request. */
  readonly createContext: (request: FastifyRequest) => Promise<Context>;
  /** The context of a request of which only the address is known. */
  readonly anonymousContext: (request: FastifyRequest) => Context;
  readonly publicCacheSeconds: number;
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

const plainType = 'application/json';

/** Headers that no foreign page's link or form can send; a GET needs one of them. */
const preflighted = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** A request that is being answered. */
interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly context: Context;
  readonly type: string;
}

interface Body {
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly data?: object | null | undefined;
  readonly extensions?: object | undefined;
}

/** GraphQL over HTTP: POST and GET. */
export class GraphqlRoute {
  readonly #options: GraphqlRouteOptions;

  constructor(options: GraphqlRouteOptions) {
    this.#options = options;
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    beginAnswer(reply);
    const anonymous = { request, reply, context: this.#options.anonymousContext(request), type: plainType };
    try {
      const type = answerType(request.headers.accept);
      if (type === undefined) {
        const message = `The answer is ${plainType} or ${responseType}: \`Accept\` takes neither.`;
        return await this.#refuse(anonymous, new RequestError('BAD_REQUEST', message), 406);
      }
      requireSameSite(request);
      // The request had a turn when it arrived; a large body arrives later, and takes longer to parse.
      if (isLargeBody(request)) await this.#options.gate.turn(countedAddress(request.ip));
      const received = receivedOperation(request);
      const asked = { ...anonymous, type, context: await this.#options.createContext(request) };
      return await this.#answer(asked, received);
    } catch (error) {
      if (error instanceof RequestError) return this.#refuse(anonymous, error);
      return this.#fail(anonymous, error);
    }
  }

  async #answer(asked: Asked, received: unknown): Promise<FastifyReply> {
    const { gate, doors, lanes, executor, shared, metrics } = this.#options;
    const { request, context } = asked;
    const began = performance.now();
    const admitted = await gate.admit(received, context, request.method === 'GET' ? doors.get : doors.post);
    if (admitted.errors) return this.#sendRefused(asked, admitted);
    if (admitted.operation.operation === OperationTypeNode.MUTATION) {
      context.answer.holdInAnyCase();
      holdInAnyCase(request);
    }
    const execute = (executed: Context): Promise<OperationResult> =>
      lanes.run(clientKey(context), admitted.cost, () => executor.run(admitted, executed));
    const result = await (shared ? shared.run(admitted, context, execute) : execute(context));
    const isKept = result instanceof KeptAnswer;
    metrics.countOperation(
      admitted.operation.operation,
      !isKept && result.errors ? 'error' : 'ok',
      (performance.now() - began) / 1000,
    );
    return isKept ? this.#sendKept(asked, admitted, result) : this.#sendResult(asked, admitted, result);
  }

  async #sendKept(asked: Asked, admitted: Admitted, answer: KeptAnswer): Promise<FastifyReply> {
    const { request, reply, context, type } = asked;
    const isKeepable = isPublic(this.#options.gate.schema, { request, admitted, context });
    if (!isKeepable) this.#tellLimits(asked);
    void reply.header(
      'cache-control',
      isKeepable ? publicControl(this.#options.publicCacheSeconds) : nothingKept,
    );
    void reply.type(`${type}; charset=utf-8`);
    if (answer.body.length > largeAnswer) await this.#options.turns.enter(clientKey(context));
    const extensions = { cost: this.#costOf(asked, admitted.cost, isKeepable) };
    return sendKept(request, reply, answer, `,"extensions":${JSON.stringify(extensions)}}\n`);
  }

  async #sendResult(
    asked: Asked,
    admitted: Admitted,
    { data, errors }: OperationResult,
  ): Promise<FastifyReply> {
    const { request, reply, context, type } = asked;
    const isWhole = errors === undefined && data != null;
    const kept = isWhole && isPublic(this.#options.gate.schema, { request, admitted, context });
    const extensions = { cost: this.#costOf(asked, admitted.cost, kept) };
    if (!kept) this.#tellLimits(asked);
    void reply.header('cache-control', kept ? publicControl(this.#options.publicCacheSeconds) : nothingKept);
    void reply.code(executedStatus(errors ?? [], data, type));
    tellRetry(reply, errors ?? []);
    if (context.answer.bytes > largeAnswer) await this.#options.turns.enter(clientKey(context));
    return this.#send(asked, { errors, data, extensions });
  }

  #sendRefused(asked: Asked, { errors, cost, wrongType }: Refused, status?: number): FastifyReply {
    const { reply, type } = asked;
    this.#tellLimits(asked);
    const extensions = cost === undefined ? undefined : { cost: this.#costOf(asked, cost, false) };
    void reply.code(status ?? refusedStatus(errors, type));
    if (wrongType && asked.request.method === 'GET') void reply.code(405).header('allow', 'POST');
    if (reply.statusCode === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
    tellRetry(reply, errors);
    return this.#send(asked, { errors, extensions });
  }

  async #refuse(asked: Asked, error: RequestError, status?: number): Promise<FastifyReply> {
    return this.#sendRefused(asked, await this.#options.gate.refuse(error, asked.context), status);
  }

  /** Answers a fault of the service, or an unreachable database. */
  #fail(asked: Asked, error: unknown): FastifyReply {
    const { metrics, onFault } = this.#options;
    const shown = presentError(error, onFault);
    metrics.countError(String(shown.extensions?.code));
    return this.#sendRefused(asked, { errors: [shown], cost: undefined, wrongType: false });
  }

  #send({ request, reply, type }: Asked, body: Body): FastifyReply {
    void reply.type(`${type}; charset=utf-8`);
    return sendTagged(request, reply, line(JSON.stringify(body)));
  }

  #costOf({ context }: Asked, requested: number, kept: boolean): object {
    const { budget } = context.limits;
    const { maxCost: maximum } = this.#options.doors.post;
    return { requested, maximum, ...(budget && !kept ? { budget } : {}) };
  }

  #tellLimits({ reply, context }: Asked): void {
    void reply.headers(rateLimitFields(this.#options.rates, context.limits.states));
  }
}

/** The bytes of a text and a line feed. A large text is copied once less than if its string were made longer. */
function line(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
  bytes[bytes.write(text)] = 0x0a;
  return bytes;
}

/** The media type of the response; undefined if the client accepts none. */
function answerType(accept: string | undefined): string | undefined {
  if (accept === undefined) return plainType;
  const weight = (type: string) =>
    Math.max(...[type, 'application/*', '*/*'].map((range) => quality(accept, range)));
  if (accept.includes(responseType) && quality(accept, responseType) > 0) return responseType;
  return weight(plainType) > 0 ? plainType : undefined;
}

/** @throws RequestError BAD_REQUEST for a GET that a foreign page's link or form could have sent */
function requireSameSite({ method, headers }: FastifyRequest): void {
  if (method !== 'GET') return;
  const isJson = /^application\/(json|graphql-response\+json)\b/i.test(headers['content-type'] ?? '');
  if (isJson || preflighted.some((name) => headers[name] !== undefined)) return;
  throw new RequestError(
    'BAD_REQUEST',
    'A GET needs a header that no foreign page can send: apollo-require-preflight, x-apollo-operation-name, or content-type: application/json.',
  );
}

/** Errors that pass after a known time; for an unreachable database that time is unknown. */
const isToBeRepeated = ({ code, retryAfterSeconds }: Readonly<Record<string, unknown>>): boolean =>
  code === 'RATE_LIMITED' || (code === 'UNAVAILABLE' && retryAfterSeconds !== undefined);

function tellRetry(reply: FastifyReply, errors: readonly GraphQLFormattedError[]): void {
  const passing = errors.find(({ extensions = {} }) => isToBeRepeated(extensions));
  if (!passing) return;
  const seconds = passing.extensions?.retryAfterSeconds;
  void reply.header('retry-after', typeof seconds === 'number' ? String(seconds) : '1');
}
