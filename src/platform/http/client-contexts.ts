import type { FastifyRequest } from 'fastify';
import type { Authenticated, Authenticator } from '../auth/authenticate.ts';
import { clientKey } from '../auth/client-key.ts';
import { gatewayCheck } from '../auth/gateway-secret.ts';
import { ClientLimits, type RateLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { RequestError } from '../errors/errors.ts';
import { AnswerSize } from '../graphql/answer-size.ts';
import { type Context, Loaders, requireViewer } from '../graphql/context.ts';
import type { Memory } from '../kept/memory.ts';
import { notingTime } from '../kept/noted-time.ts';
import type { BasisRecorder } from '../kept/request-clock.ts';
import type { Reading } from '../kept/site-clock.ts';
import type { Turns } from '../fairness/turns.ts';
import { maxUserAgentLength } from '../text/user-agent.ts';
import { arrivalOf } from './arrivals.ts';
import { countedAddress, deviceOf } from './client-address.ts';
import { answersOf, type Holdings } from './holdings.ts';
import { deviceHeader } from './paths.ts';
import type { Requests } from './requests.ts';

export interface ClientContextsOptions {
  readonly config: Config;
  readonly authenticator: Authenticator;
  readonly db: Database;
  readonly memory: Memory;
  readonly rates: RateLimits;
  readonly turns: Turns;
  /** Bytes of answers. */
  readonly holdings: Holdings;
}

/** Who sends a request, and what its answer is made with. */
export class ClientContexts implements Requests {
  readonly #options: ClientContextsOptions;
  readonly #isGateway: ReturnType<typeof gatewayCheck>;

  constructor(options: ClientContextsOptions) {
    this.#options = options;
    const { federation, federationSecret } = options.config;
    this.#isGateway = gatewayCheck(federation ? federationSecret : undefined);
  }

  readonly anonymous = (request: FastifyRequest): Context => this.#contextOf(request, null);

  /** An invalid credential is refused by the gate, which knows the operations that need none. */
  readonly contextOf = async (request: FastifyRequest): Promise<Context> => {
    try {
      const { authorization } = request.headers;
      return this.#contextOf(request, await this.#options.authenticator.authenticate(authorization));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { ...this.anonymous(request), credentialError: error };
    }
  };

  readonly person = async (request: FastifyRequest): Promise<{ viewer: Viewer; limits: ClientLimits }> => {
    const context = await this.contextOf(request);
    if (context.credentialError) throw context.credentialError;
    const viewer = requireViewer(context);
    if (viewer.token)
      throw new RequestError(
        'UNAUTHENTICATED',
        'No machine token gets the data of its account, or sends its picture.',
      );
    return { viewer, limits: context.limits };
  };

  #contextOf(request: FastifyRequest, authenticated: Authenticated | null): Context {
    const viewer = authenticated?.viewer ?? null;
    const address = countedAddress(request.ip);
    const client = { viewer, address };
    const { answer, loaders } = this.#answerFor(clientKey(client), client);
    // Field by field: a literal that spreads objects takes a tenth of the time of a kept answer.
    return {
      viewer,
      address,
      expiresAt: authenticated?.expiresAt,
      limits: new ClientLimits(this.#options.rates, client, arrivalOf(request)),
      userAgent: request.headers['user-agent']?.slice(0, maxUserAgentLength),
      device: deviceOf(request.headers[deviceHeader]),
      isGateway: this.#isGateway(request.headers),
      answer,
      loaders,
    };
  }

  /** The context of an answer that is made for others as well, from values of one reading of the clock. */
  readonly sharedContext = (
    context: Context,
    viewer: Viewer | null,
    { recorder, reading }: { readonly recorder: BasisRecorder; readonly reading: Reading },
  ): Context => {
    const { address } = context;
    return {
      ...context,
      ...this.#answerFor(clientKey(context), { viewer, address }, recorder, reading),
      viewer,
    };
  };

  /** What one answer is made with. @param client who is charged for it */
  #answerFor(
    client: string,
    { viewer, address }: { readonly viewer: Viewer | null; readonly address: string },
    recorder?: BasisRecorder,
    reading?: Reading,
  ): Pick<Context, 'answer' | 'loaders'> {
    const { config, holdings, turns, db, memory } = this.#options;
    const answer = new AnswerSize(config.maxAnswerBytes, {
      hold: (bytes, spare) => holdings.take(answersOf(address), bytes, spare),
      turn: () => turns.enter(client),
      turnForText: (bytes) => turns.forText(client, bytes),
    });
    const own = db.of(client, answer);
    const noted = recorder ? notingTime(own, recorder) : own;
    const clock = memory.forRequest(recorder, reading);
    return { answer, loaders: new Loaders({ db: noted, viewer }, { clock }) };
  }
}
