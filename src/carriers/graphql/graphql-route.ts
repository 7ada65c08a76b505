import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { Authenticated } from '../../platform/auth/authenticate.ts';
import { clientKey } from '../../platform/auth/client-key.ts';
import type { RateLimits } from '../../platform/auth/rate-limits.ts';
import { RequestError } from '../../platform/errors/errors.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { presentError, type FaultReporter } from '../../platform/graphql/present-error.ts';
import type { Admitted, Door, Gate, Refused } from '../../platform/operations/gate.ts';
import type { OperationSlots } from '../../platform/operations/operation-slots.ts';
import { largeAnswer, type SharedAnswers } from '../../platform/operations/shared-answers.ts';
import type { Turns } from '../../platform/fairness/turns.ts';
import { KeptAnswer } from '../../platform/kept/kept-answers.ts';
import { holdInAnyCase } from '../../platform/http/arrivals.ts';
import { executedStatus, refusedStatus, responseType } from '../../platform/http/answer-status.ts';
import type { ApolloExecutor, OperationResult } from './apollo.ts';
import { quality } from '../../platform/http/accepted.ts';
import { onlyResult, streamHeaders, streamType } from '../../platform/http/event-source.ts';
import type { Doors } from '../../platform/http/doors.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { sendTagged } from '../../platform/http/tagged-answer.ts';
import { answerType, plainType, requireSameSite } from './negotiation.ts';
import { beginAnswer, isPublic, sendKept } from './public-answers.ts';
import { nothingKept, publicControl } from '../../platform/http/cache-control.ts';
import { countedAddress } from '../../platform/http/client-address.ts';
import { rateLimitFields } from '../../platform/http/rate-limit-fields.ts';
import { isLargeBody, receivedOperation } from '../../platform/http/received-operation.ts';

/** The live connections, as far as subscriptions come to this address. */
export interface Streams {
  /** @throws RequestError ORIGIN_NOT_ALLOWED for a page of another site */
  requireOrigin(request: FastifyRequest): void;
  /**
   * Opens the stream of an admitted subscription.
   * @returns the errors with which the stream is refused; undefined: it has begun
   */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    subscription: { readonly authenticated: Authenticated | null; readonly selection: Admitted },
  ): Promise<readonly GraphQLFormattedError[] | undefined>;
}

export interface GraphqlRouteOptions {
  readonly gate: Gate;
  readonly doors: Doors;
  readonly executor: ApolloExecutor;
  readonly streams: Streams;
  readonly slots: OperationSlots;
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

/** A request that is being answered. */
interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly context: Context;
  readonly type: string;
  /** Whether the client accepts a stream of events; `type` is that of any other answer. */
  readonly acceptsStreams: boolean;
}

interface Body {
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly data?: object | null | undefined;
  readonly extensions?: object | undefined;
}

/** GraphQL over HTTP: POST and GET. */
export class GraphqlRoute {
  constructor(private readonly options: GraphqlRouteOptions) {}

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    beginAnswer(reply);
    const type = answerType(request);
    const anonymous: Asked = {
      request,
      reply,
      context: this.options.anonymousContext(request),
      type: type === streamType ? streamType : plainType,
      acceptsStreams: quality(request, 'accept', streamType) > 0,
    };
    try {
      if (type === undefined) {
        const message = `The answer is ${plainType}, ${responseType} or ${streamType}: \`Accept\` takes none of them.`;
        return await this.#refuse(anonymous, new RequestError('BAD_REQUEST', message), 406);
      }
      if (anonymous.acceptsStreams) this.options.streams.requireOrigin(request);
      else requireSameSite(request);
      // The request had a turn when it arrived; a large body arrives later, and takes longer to parse.
      if (isLargeBody(request)) await this.options.gate.turn(countedAddress(request.ip));
      const received = receivedOperation(request);
      const asked = { ...anonymous, type, context: await this.options.createContext(request) };
      return await this.#answer(asked, received);
    } catch (error) {
      if (error instanceof RequestError) return this.#refuse(anonymous, error);
      return this.#fail(anonymous, error);
    }
  }

  async #answer(asked: Asked, received: unknown): Promise<FastifyReply> {
    const { gate, doors, slots, executor, shared, metrics } = this.options;
    const { request, context } = asked;
    const began = performance.now();
    const admitted = await gate.admit(received, context, doorOf(asked, doors));
    if (admitted.errors) return this.#sendRefused(asked, admitted);
    if (admitted.operation.operation === OperationTypeNode.SUBSCRIPTION)
      return this.#subscribe({ ...asked, type: streamType }, admitted);
    if (admitted.operation.operation === OperationTypeNode.MUTATION) {
      context.answer.holdInAnyCase();
      holdInAnyCase(request);
    }
    const execute = (executed: Context): Promise<OperationResult> =>
      slots.run(clientKey(context), admitted.cost, () => executor.run(admitted, executed));
    const result = await (shared ? shared.run(admitted, context, execute) : execute(context));
    const isKept = result instanceof KeptAnswer;
    metrics.countOperation(
      admitted.operation.operation,
      !isKept && result.errors ? 'error' : 'ok',
      (performance.now() - began) / 1000,
    );
    return isKept ? this.#sendKept(asked, admitted, result) : this.#sendResult(asked, admitted, result);
  }

  async #subscribe(asked: Asked, admitted: Admitted): Promise<FastifyReply> {
    const { request, reply, context } = asked;
    const { viewer, expiresAt } = context;
    const authenticated = viewer && expiresAt ? { viewer, expiresAt } : null;
    const errors = await this.options.streams.open(request, reply, { authenticated, selection: admitted });
    if (!errors) return reply;
    return this.#sendRefused(asked, { errors, cost: admitted.cost, wrongType: false });
  }

  async #sendKept(asked: Asked, admitted: Admitted, answer: KeptAnswer): Promise<FastifyReply> {
    const { request, reply, context, type } = asked;
    const isKeepable = this.#isPublic(asked, admitted);
    if (!isKeepable) this.#tellLimits(asked);
    void reply.header(
      'cache-control',
      isKeepable ? publicControl(this.options.publicCacheSeconds) : nothingKept,
    );
    void reply.type(`${type}; charset=utf-8`);
    if (answer.body.length > largeAnswer) await this.options.turns.enter(clientKey(context));
    const extensions = JSON.stringify({ cost: this.#costOf(asked, admitted.cost, isKeepable) });
    if (type !== streamType) return sendKept(request, reply, answer, `,"extensions":${extensions}}\n`);
    const { before, after } = onlyResult;
    const end = `,"extensions":${extensions}}${after}`;
    return reply.send(Buffer.concat([Buffer.from(before), answer.body, Buffer.from(end)]));
  }

  async #sendResult(
    asked: Asked,
    admitted: Admitted,
    { data, errors }: OperationResult,
  ): Promise<FastifyReply> {
    const { reply, context, type } = asked;
    const isWhole = errors === undefined && data != null;
    const kept = isWhole && this.#isPublic(asked, admitted);
    const extensions = { cost: this.#costOf(asked, admitted.cost, kept) };
    if (!kept) this.#tellLimits(asked);
    void reply.header('cache-control', kept ? publicControl(this.options.publicCacheSeconds) : nothingKept);
    void reply.code(executedStatus(errors ?? [], data, type));
    tellRetry(reply, errors ?? []);
    if (context.answer.bytes > largeAnswer) await this.options.turns.enter(clientKey(context));
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
    return this.#sendRefused(asked, await this.options.gate.refuse(error, asked.context), status);
  }

  /** Answers a fault of the service, or an unreachable database. */
  #fail(asked: Asked, error: unknown): FastifyReply {
    const { metrics, onFault } = this.options;
    const shown = presentError(error, onFault);
    metrics.countError(String(shown.extensions?.code));
    return this.#sendRefused(asked, { errors: [shown], cost: undefined, wrongType: false });
  }

  #send({ request, reply, type }: Asked, body: Body): FastifyReply {
    const text = JSON.stringify(body);
    if (type === streamType && reply.statusCode === 200)
      return reply.headers(streamHeaders).send(bytesOf(text, onlyResult));
    void reply.type(`${type === streamType ? plainType : type}; charset=utf-8`);
    return sendTagged(request, reply, bytesOf(text, { before: '', after: '\n' }));
  }

  #isPublic({ request, context, type }: Asked, admitted: Admitted): boolean {
    return type !== streamType && isPublic(this.options.gate.schema, { request, admitted, context });
  }

  #costOf({ context }: Asked, requested: number, kept: boolean): object {
    const { budget } = context.limits;
    const { maxQueryCost: maximum } = this.options.doors;
    return { requested, maximum, ...(budget && !kept ? { budget } : {}) };
  }

  #tellLimits({ reply, context }: Asked): void {
    void reply.headers(rateLimitFields(this.options.rates, context.limits.states));
  }
}

/** The bytes of a text between two short ones of ASCII. A large text is copied once less than if its string were made longer. */
function bytesOf(text: string, { before, after }: { before: string; after: string }): Buffer {
  const bytes = Buffer.allocUnsafe(before.length + Buffer.byteLength(text) + after.length);
  const begun = bytes.write(before);
  bytes.write(after, begun + bytes.write(text, begun));
  return bytes;
}

function doorOf({ request: { method }, acceptsStreams }: Asked, doors: Doors): Door {
  if (acceptsStreams) return method === 'GET' ? doors.streamGet : doors.streamPost;
  return method === 'GET' ? doors.get : doors.post;
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
