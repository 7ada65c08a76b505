import type { FastifyRequest } from 'fastify';
import { viewerLookup } from '../features/people/account/viewer.loader.ts';
import { TokenUses } from '../features/people/tokens/token-uses.ts';
import { findChangedViewers, tokenLookup } from '../features/people/tokens/token-viewer.loader.ts';
import { AccessTokens } from '../platform/auth/access-token.ts';
import { type Authenticated, Authenticator } from '../platform/auth/authenticate.ts';
import { Challenges } from '../platform/auth/challenges.ts';
import { clientKey } from '../platform/auth/client-key.ts';
import { gatewayCheck } from '../platform/auth/gateway-secret.ts';
import { HashingQueue } from '../platform/auth/hashing-queue.ts';
import { ClientLimits } from '../platform/auth/rate-limits.ts';
import type { Viewer } from '../platform/auth/viewer.ts';
import { RequestError } from '../platform/errors/errors.ts';
import { AnswerSize } from '../platform/graphql/answer-size.ts';
import { type Context, Loaders, requireViewer } from '../platform/graphql/context.ts';
import { arrivalOf } from '../platform/http/arrivals.ts';
import { countedAddress, deviceOf } from '../platform/http/client-address.ts';
import { answersOf } from '../platform/http/holdings.ts';
import { deviceHeader } from '../platform/http/paths.ts';
import type { Requests } from '../platform/http/requests.ts';
import { notingTime } from '../platform/kept/noted-time.ts';
import type { BasisRecorder } from '../platform/kept/request-clock.ts';
import type { Reading } from '../platform/kept/site-clock.ts';
import { RightsWatch } from '../platform/live/rights-watch.ts';
import { maxUserAgentLength } from '../platform/text/user-agent.ts';
import type { Ground } from './ground.ts';

/** Who sends a request, and what its answer is made with. */
export class Identity implements Requests {
  readonly secrets: readonly [string, ...string[]];
  readonly tokens: AccessTokens;
  readonly challenges: Challenges;
  readonly hashing: HashingQueue;
  readonly authenticator: Authenticator;
  readonly rightsWatch: RightsWatch;
  readonly tokenUses: TokenUses;
  readonly #ground: Ground;
  readonly #isGateway: ReturnType<typeof gatewayCheck>;

  constructor(ground: Ground) {
    this.#ground = ground;
    const { config, clock, db, rights, warn } = ground;
    const { sessionSecret, peers } = ground.options;
    const { acceptedSessionSecrets: acceptedSecrets } = config;
    this.secrets = [sessionSecret, ...acceptedSecrets];
    this.tokens = new AccessTokens({
      secret: sessionSecret,
      acceptedSecrets,
      ttlSeconds: config.accessTokenTtlSeconds,
      clock,
    });
    this.challenges = new Challenges({ secret: sessionSecret, acceptedSecrets, clock });
    this.hashing = new HashingQueue({
      atOnce: config.passwordHashesAtOnce,
      maxWaiting: config.maxWaitingPasswordHashes,
      maxWaitMs: config.passwordHashWaitMs,
      permit: peers && (() => peers.mayHash()),
    });
    this.tokenUses = new TokenUses({
      db: db.forNode('token uses'),
      clock,
      onError: (error) => warn(error, 'uses of tokens could not be written'),
    });
    const viewers = db.forNode('viewers');
    this.authenticator = new Authenticator({
      tokens: this.tokens,
      findViewer: viewerLookup(viewers, rights),
      findTokenViewer: tokenLookup({ db: viewers, rules: rights, clock, onUse: this.tokenUses.note }),
    });
    this.rightsWatch = new RightsWatch({
      intervalMs: config.headPollMs,
      clock,
      findChanges: (known) => findChangedViewers(db.forNode('rights'), known, rights),
      onError: (error) => warn(error, 'rights could not be read'),
    });
    this.#isGateway = gatewayCheck(config.federation ? config.federationSecret : undefined);
  }

  readonly anonymous = (request: FastifyRequest): Context => this.#contextOf(request, null);

  /** An invalid credential is refused by the gate, which knows the operations that need none. */
  readonly contextOf = async (request: FastifyRequest): Promise<Context> => {
    try {
      const { authorization } = request.headers;
      return this.#contextOf(request, await this.authenticator.authenticate(authorization));
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
    return {
      viewer,
      expiresAt: authenticated?.expiresAt,
      address,
      limits: new ClientLimits(this.#ground.rates, { viewer, address }, arrivalOf(request)),
      userAgent: request.headers['user-agent']?.slice(0, maxUserAgentLength),
      device: deviceOf(request.headers[deviceHeader]),
      isGateway: this.#isGateway(request.headers),
      ...this.answerFor({ client: clientKey({ viewer, address }), address, viewer }),
    };
  }

  /** What one answer to a client is made with. */
  answerFor(
    { client, address, viewer }: { client: string; address: string; viewer: Viewer | null },
    recorder?: BasisRecorder,
    reading?: Reading,
  ): Pick<Context, 'answer' | 'loaders'> {
    const { config, holdings, turns, db, memory } = this.#ground;
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
