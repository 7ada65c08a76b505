import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestError } from '../errors/errors.ts';
import { clientKey } from './client-key.ts';
import { isModerator, type Viewer } from './viewer.ts';

/** The limit of each policy, from the settings. */
export interface RateLimitSettings {
  readonly maxRequestsPerMinute: number;
  readonly maxCostPerMinute: number;
  readonly maxDocumentCharactersPerMinute: number;
  readonly maxWritesPerMinute: number;
  readonly maxModeratorWritesPerMinute: number;
  readonly maxSignInsPerMinute: number;
  readonly maxGuessesPerMinute: number;
  readonly maxAccountGuessesPerMinute: number;
  readonly maxSignUpsPerHour: number;
  readonly maxRefreshesPerMinute: number;
  readonly maxPasswordResetsPerHour: number;
  readonly maxExportsPerHour: number;
  readonly maxPicturesPerHour: number;
  readonly maxNewThreadsPerHour: number;
  readonly maxAddressNewThreadsPerHour: number;
  readonly maxReportsPerHour: number;
  readonly maxTokenCostPerMinute: number;
  readonly maxTokenWritesPerMinute: number;
}

/** One rate policy: `limit` points within each window of `seconds`. */
export interface Policy {
  readonly limit: number;
  readonly seconds: number;
}

const minute = 60;
const hour = 3600;

/** All policies by their names in the `RateLimit` header fields. `docs/conventions.md` lists them. */
export function policiesOf(settings: RateLimitSettings) {
  return {
    /** Requests and live messages, by address, counted before they are parsed. */
    requests: { limit: settings.maxRequestsPerMinute, seconds: minute },
    /** Points of operations, by account, or by address when signed out. */
    cost: { limit: settings.maxCostPerMinute, seconds: minute },
    /** Characters of documents unknown to the node, keyed as `cost`. */
    documents: { limit: settings.maxDocumentCharactersPerMinute, seconds: minute },
    /** Mutations of signed-in readers and authors, by account. */
    writes: { limit: settings.maxWritesPerMinute, seconds: minute },
    /** Mutations of moderators, by account. */
    'moderator-writes': { limit: settings.maxModeratorWritesPerMinute, seconds: minute },
    /** As `cost`, of a machine token. */
    'token-cost': { limit: settings.maxTokenCostPerMinute, seconds: minute },
    /** Mutations with a machine token, whatever the roles of its account. */
    'token-writes': { limit: settings.maxTokenWritesPerMinute, seconds: minute },
    /** Attempts to sign in, by address. */
    'sign-ins': { limit: settings.maxSignInsPerMinute, seconds: minute },
    /** Attempts to sign in to one account from one address. */
    guesses: { limit: settings.maxGuessesPerMinute, seconds: minute },
    /** Attempts to sign in to one account from addresses that the account has not signed in from. */
    'account-guesses': { limit: settings.maxAccountGuessesPerMinute, seconds: minute },
    /** New accounts, by address. */
    'sign-ups': { limit: settings.maxSignUpsPerHour, seconds: hour },
    /** Exchanges of refresh tokens, by address. */
    refreshes: { limit: settings.maxRefreshesPerMinute, seconds: minute },
    /** Links to new passwords, by address. */
    'password-resets': { limit: settings.maxPasswordResetsPerHour, seconds: hour },
    /** Exports of an account's data, by account. */
    exports: { limit: settings.maxExportsPerHour, seconds: hour },
    /** Pictures of an account that are sent, by account. */
    pictures: { limit: settings.maxPicturesPerHour, seconds: hour },
    /** First comments at addresses without an article, for which a page is asked for, by account. */
    'new-threads': { limit: settings.maxNewThreadsPerHour, seconds: hour },
    /** The same, by address. */
    'address-threads': { limit: settings.maxAddressNewThreadsPerHour, seconds: hour },
    /** Reports of comments, by account. */
    reports: { limit: settings.maxReportsPerHour, seconds: hour },
  } satisfies Record<string, Policy>;
}

export type PolicyName = keyof ReturnType<typeof policiesOf>;

/** Policies of commands of people who are not signed in. */
export type CountedByAddress = 'sign-ups' | 'sign-ins' | 'refreshes' | 'password-resets';

/** Policies that bound the work of one process, and count at each node by itself. */
const ofNode: ReadonlySet<PolicyName> = new Set(['requests', 'documents']);

/**
 * Policies that every operation takes from: counted at the node, which tells the site in steps. All other policies are of
 * what is rare and expensive, and are counted at the site before it is done.
 */
const told: ReadonlySet<PolicyName> = new Set(['cost', 'token-cost']);

/** Policies of which clients take often. */
export const frequentPolicies: ReadonlySet<PolicyName> = new Set([...ofNode, ...told]);

/** Part of a limit that a client may have taken at one process before the site hears of it. */
const stepOfLimit = 0.01;

/** Remainder of one policy for one client. */
export interface PolicyState {
  readonly policy: PolicyName;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the policy's window ends. */
  readonly resetSeconds: number;
}

/** The outcome of taking points. */
export interface Taken {
  readonly granted: boolean;
  readonly state: PolicyState;
}

/** Points that a client has taken from a policy at all nodes together. */
export interface SiteTotal {
  readonly points: number;
  /** Milliseconds until the policy's window ends, more than none. */
  readonly endsInMs: number;
}

/** Counts the points that clients take at all nodes together. Where it cannot count, each node's own counts apply. */
export interface SiteRates {
  /** Takes points, even where fewer are left. @returns undefined if they could not be counted */
  add(policy: PolicyName, key: string, points: number): Promise<SiteTotal | undefined>;
  /** Forgets what a client has taken, and remembers that it is recognised. */
  recognise(account: string, address: string): void;
  /** False also where it is not known. */
  isRecognised(account: string, address: string): Promise<boolean>;
}

/** Hears of everything that is counted, so that other processes can count it as well. */
export interface RateListener {
  readonly taken: (policy: PolicyName, key: string, points: number) => void;
  /** The site's total instead, which contains what was taken. */
  readonly learned: (policy: PolicyName, key: string, total: SiteTotal) => void;
  readonly recognised: (account: string, address: string) => void;
}

/** Number of pairs of account and address that are remembered after a sign-in. */
const maxKnownPairs = 50_000;

/** Number of clients that one policy counts at a time; beyond it, the least recently seen client is forgotten. */
const maxClients = 50_000;

/**
 * Options of a cache of so many entries that grows with them: with `max` it would allocate its room at once, and every process has a
 * cache for each policy.
 */
const upTo = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 });

/** Counts the points that clients take from one policy. */
class Counts {
  readonly #limiter: RateLimiterMemory;
  /** Bounds the number of clients: the limiter itself keeps every client until its window ends. */
  readonly #clients: LRUCache<string, true>;

  constructor({ limit, seconds }: Policy, most: number) {
    const limiter = new RateLimiterMemory({ points: limit, duration: seconds });
    this.#limiter = limiter;
    this.#clients = new LRUCache<string, true>({
      ...upTo(most),
      dispose: (_value, key, reason) => {
        if (reason === 'evict') void limiter.delete(key);
      },
    });
  }

  /** The limiter; registers the client as recently seen. */
  of(key: string): RateLimiterMemory {
    this.#clients.set(key, true);
    return this.#limiter;
  }

  /** Takes over a total of the site and its window, unless the client has taken more here. */
  async learn(key: string, { points, endsInMs }: SiteTotal): Promise<void> {
    const limiter = this.of(key);
    const own = await limiter.get(key);
    if (own && own.msBeforeNext > 0 && own.consumedPoints > points) return;
    await limiter.set(key, points, endsInMs / 1000);
  }

  forget(key: string): void {
    this.#clients.delete(key);
    void this.#limiter.delete(key);
  }
}

/**
 * Counts the requests and the work of each client. Kept per process; the workers of a node tell each other, and the nodes
 * count together by `SiteRates`.
 */
export class RateLimits {
  /** Undefined: nothing is counted. */
  readonly #policies: ReturnType<typeof policiesOf> | undefined;
  readonly #counts = new Map<PolicyName, Counts>();
  readonly #known = new LRUCache<string, true>(upTo(maxKnownPairs));
  /** Points of the policies `told` that the site has not heard of, by policy and client. */
  readonly #untold: LRUCache<string, number>;
  #listener: RateListener | undefined;
  #site: SiteRates | undefined;

  /**
   * @param settings undefined: nothing is counted, for load tests
   * @param most clients that are counted by one policy at a time
   */
  constructor(settings: RateLimitSettings | undefined, most = maxClients) {
    this.#policies = settings && policiesOf(settings);
    this.#untold = new LRUCache(upTo(most));
    for (const [name, policy] of Object.entries<Policy>(this.#policies ?? {}))
      this.#counts.set(name as PolicyName, new Counts(policy, most));
  }

  get enabled(): boolean {
    return this.#policies !== undefined;
  }

  /** Value of the `RateLimit-Policy` header field (draft-ietf-httpapi-ratelimit-headers). */
  get policyField(): string {
    return Object.entries(this.#policies ?? {})
      .map(([name, { limit, seconds }]) => `"${name}";q=${limit};w=${seconds}`)
      .join(', ');
  }

  /**
   * Takes points of a policy, all of them or none.
   * @returns undefined where nothing is counted
   */
  async take(policy: PolicyName, key: string, points = 1): Promise<Taken | undefined> {
    const limiter = this.#counts.get(policy)?.of(key);
    if (!limiter) return undefined;
    const takenOfSite = await this.#takeOfSite(policy, key, points);
    if (takenOfSite) return takenOfSite;
    try {
      const taken = await limiter.consume(key, points);
      this.#tell(policy, key, points);
      return { granted: true, state: this.#stateOf(policy, taken) };
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return { granted: false, state: this.#stateOf(policy, await limiter.reward(key, points)) };
    }
  }

  /** Takes points even where fewer are left: the deficit counts against later requests of the client. */
  async charge(policy: PolicyName, key: string, points: number): Promise<PolicyState | undefined> {
    const taken = await this.#counts.get(policy)?.of(key).penalty(key, points);
    if (taken) this.#tell(policy, key, points);
    return taken && this.#stateOf(policy, taken);
  }

  /** Whether no points of a policy are left. @returns the state in that case */
  async exhausted(policy: PolicyName, key: string): Promise<PolicyState | undefined> {
    const found = await this.#counts.get(policy)?.of(key).get(key);
    const isExhausted = found && found.remainingPoints <= 0 && found.msBeforeNext > 0;
    return isExhausted ? this.#stateOf(policy, found) : undefined;
  }

  /**
   * Takes points of a policy that is counted at the site. A client that is known to have none left is refused without
   * asking; a refused one takes points nevertheless, which changes nothing until the window ends.
   * @returns undefined: each node counts for itself
   */
  async #takeOfSite(policy: PolicyName, key: string, points: number): Promise<Taken | undefined> {
    if (!this.#site || frequentPolicies.has(policy)) return undefined;
    const exhausted = await this.exhausted(policy, key);
    if (exhausted) return { granted: false, state: exhausted };
    const total = await this.#site.add(policy, key, points);
    if (!total) return undefined;
    await this.learn(policy, key, total);
    this.#listener?.learned(policy, key, total);
    const state = this.#stateOf(policy, { consumedPoints: total.points, msBeforeNext: total.endsInMs });
    return { granted: total.points <= state.limit, state };
  }

  /** Tells other processes what was taken here. */
  #tell(policy: PolicyName, key: string, points: number): void {
    this.#listener?.taken(policy, key, points);
    if (!this.#site || !told.has(policy)) return;
    const client = `${policy} ${key}`;
    const untold = (this.#untold.get(client) ?? 0) + points;
    if (untold < this.#limitOf(policy) * stepOfLimit) return void this.#untold.set(client, untold);
    this.#untold.delete(client);
    void this.#site.add(policy, key, Math.ceil(untold)).then(async (total) => {
      if (!total) return;
      const since = this.#untold.get(client) ?? 0;
      await this.learn(policy, key, { ...total, points: total.points + since });
    });
  }

  /** Remembers that an account has signed in from an address, and forgets the failed attempts from there. */
  recognise(account: string, address: string): void {
    if (!this.enabled) return;
    this.addRecognised(account, address);
    this.#listener?.recognised(account, address);
    this.#site?.recognise(account, address);
  }

  /** Hears of what is counted here from now on. */
  observe(listener: RateListener): void {
    this.#listener = listener;
  }

  /** Counts together with other nodes from now on. */
  join(site: SiteRates): void {
    this.#site = site;
  }

  /** Takes over what a client has taken at all nodes; the listener does not hear of it. */
  async learn(policy: PolicyName, key: string, total: SiteTotal): Promise<void> {
    await this.#counts.get(policy)?.learn(key, total);
  }

  /** Counts what a client has taken at another process; the listener does not hear of it. */
  addTaken(policy: PolicyName, key: string, points: number): void {
    void this.#counts.get(policy)?.of(key).penalty(key, points);
  }

  /** `recognise`, of another process. */
  addRecognised(account: string, address: string): void {
    const pair = pairOf(account, address);
    this.#known.set(pair, true);
    this.#counts.get('guesses')?.forget(pair);
  }

  async isRecognised(account: string, address: string): Promise<boolean> {
    const pair = pairOf(account, address);
    if (this.#known.get(pair) === true) return true;
    const isRecognised = (await this.#site?.isRecognised(account, address)) === true;
    if (isRecognised) this.#known.set(pair, true);
    return isRecognised;
  }

  #limitOf(policy: PolicyName): number {
    return this.#policies?.[policy].limit ?? 0;
  }

  #stateOf(
    policy: PolicyName,
    { consumedPoints, msBeforeNext }: Pick<RateLimiterRes, 'consumedPoints' | 'msBeforeNext'>,
  ): PolicyState {
    const limit = this.#limitOf(policy);
    return {
      policy,
      limit,
      remaining: Math.max(0, limit - consumedPoints),
      resetSeconds: Math.ceil(Math.max(0, msBeforeNext) / 1000),
    };
  }
}

/** The key of an account and an address in the policy `guesses`. */
export const pairOf = (account: string, address: string): string => `${account} ${address}`;

/** The refusal of a request that a policy has no points left for. */
export function rateLimited({ policy, resetSeconds }: PolicyState): RequestError {
  return new RequestError('RATE_LIMITED', `Too many ${nouns[policy]}: try again in ${resetSeconds} s.`, {
    policy,
    retryAfterSeconds: resetSeconds,
  });
}

const nouns: Readonly<Record<PolicyName, string>> = {
  requests: 'requests from this address',
  cost: 'points of operations',
  documents: 'characters of unknown documents',
  writes: 'changes',
  'moderator-writes': 'changes',
  'token-cost': 'points of operations with this token',
  'token-writes': 'changes with this token',
  'sign-ins': 'attempts to sign in from this address',
  guesses: 'attempts to sign in to this account',
  'account-guesses': 'attempts to sign in to this account',
  'sign-ups': 'new accounts from this address',
  refreshes: 'refreshed sessions from this address',
  'password-resets': 'forgotten passwords and links to sign in from this address',
  exports: 'exports of this account’s data',
  pictures: 'pictures of this account',
  'new-threads': 'new threads',
  'address-threads': 'new threads from this address',
  reports: 'reports',
};

/** The rate policies as applied to one request's client; remembers the state of each policy that was consulted. */
export class ClientLimits {
  readonly #rates: RateLimits;
  readonly #client: { readonly viewer: Viewer | null; readonly address: string };
  readonly #states = new Map<PolicyName, PolicyState>();

  /** @param arrival the state of the policy `requests`, where the request was counted by it */
  constructor(
    rates: RateLimits,
    client: { readonly viewer: Viewer | null; readonly address: string },
    arrival?: PolicyState,
  ) {
    this.#rates = rates;
    this.#client = client;
    if (arrival) this.#states.set('requests', arrival);
  }

  /** The states to report to the client, in the order in which the policies were first consulted. */
  get states(): readonly PolicyState[] {
    return [...this.#states.values()];
  }

  /** Counts one use of what is counted by address. @throws RequestError RATE_LIMITED */
  use(policy: CountedByAddress): Promise<void> {
    return this.#require(policy, this.#client.address);
  }

  /** Counts one export of the viewer's data. @throws RequestError RATE_LIMITED */
  useExport(): Promise<void> {
    return this.#require('exports', clientKey(this.#client));
  }

  /** Counts one picture that the viewer sends. @throws RequestError RATE_LIMITED */
  usePicture(): Promise<void> {
    return this.#require('pictures', clientKey(this.#client));
  }

  /** Counts one attempt of the viewer to begin a thread, with whichever of its tokens. @throws RequestError RATE_LIMITED */
  async useNewThread({ accountId }: Pick<Viewer, 'accountId'>): Promise<void> {
    await this.#require('new-threads', `account:${accountId}`);
    await this.#require('address-threads', this.#client.address);
  }

  /** Counts one report by the viewer, with whichever of its tokens. @throws RequestError RATE_LIMITED */
  useReport({ accountId }: Pick<Viewer, 'accountId'>): Promise<void> {
    return this.#require('reports', `account:${accountId}`);
  }

  /** Counts changes by the viewer. @throws RequestError RATE_LIMITED */
  useWrite(changes = 1): Promise<void> {
    const { viewer } = this.#client;
    const policy = viewer?.token ? 'token-writes' : isModerator(viewer) ? 'moderator-writes' : 'writes';
    return this.#require(policy, clientKey(this.#client), changes);
  }

  /**
   * Counts one attempt to sign in. Guesses from one address never lock the owner of the account out elsewhere, and
   * guesses from many addresses do not either where the owner has signed in from before.
   * @param account the account's name as it was typed, folded
   * @param isKnownDevice whether the account has signed in from the client's device: asked when strangers have spent its
   * attempts, which leaves those of its devices
   * @throws RequestError RATE_LIMITED
   */
  async useSignIn(account: string, isKnownDevice?: () => Promise<boolean>): Promise<void> {
    const { address } = this.#client;
    await this.#require('sign-ins', address);
    await this.#require('guesses', pairOf(account, address));
    if (await this.#rates.isRecognised(account, address)) return;
    const taken = await this.#take('account-guesses', account);
    if (taken?.granted === false && (await isKnownDevice?.()) !== true) throw rateLimited(taken.state);
  }

  /**
   * Counts one proof of who the viewer is. It is counted by session: an address can be named by anybody, so that strangers could
   * spend the attempts of its account.
   * @throws RequestError RATE_LIMITED
   */
  async useProof({ accountId, sessionId }: Pick<Viewer, 'accountId' | 'sessionId'>): Promise<void> {
    await this.#require('sign-ins', this.#client.address);
    await this.#require('guesses', pairOf(`account:${accountId}`, `session:${sessionId}`));
  }

  /** Remembers a successful sign-in. */
  recognise(account: string): void {
    this.#rates.recognise(account, this.#client.address);
  }

  /** Counts the characters of an unknown document. @throws RequestError RATE_LIMITED */
  useDocument(characters: number): Promise<void> {
    return this.#require('documents', clientKey(this.#client), characters);
  }

  /** Refuses a client that has no points left for operations. @throws RequestError RATE_LIMITED */
  async requireSolvent(): Promise<void> {
    const state = await this.#rates.exhausted(this.#costPolicy, clientKey(this.#client));
    if (!state) return;
    this.#states.set(this.#costPolicy, state);
    throw rateLimited(state);
  }

  /**
   * Takes the cost of an operation, at least one point. An operation that is refused for its cost takes nothing, so
   * that smaller ones still pass.
   * @throws RequestError RATE_LIMITED
   */
  async spend(cost: number): Promise<void> {
    const taken = await this.#take(this.#costPolicy, clientKey(this.#client), Math.max(1, cost));
    if (!taken || taken.granted) return;
    const { policy, limit, resetSeconds } = taken.state;
    throw new RequestError(
      'RATE_LIMITED',
      `The operation costs ${cost} points, and of ${limit} a minute not as many are left: try again in ${resetSeconds} s.`,
      { policy, retryAfterSeconds: resetSeconds },
    );
  }

  /** Takes points for work without a result. */
  async charge(points: number): Promise<void> {
    const state = await this.#rates.charge(this.#costPolicy, clientKey(this.#client), points);
    if (state) this.#states.set(this.#costPolicy, state);
  }

  get #costPolicy(): 'cost' | 'token-cost' {
    return this.#client.viewer?.token ? 'token-cost' : 'cost';
  }

  /** The state of the policy of costs; undefined before any cost was taken, and where nothing is counted. */
  get budget(): Omit<PolicyState, 'policy'> | undefined {
    const state = this.#states.get(this.#costPolicy);
    if (!state) return undefined;
    const { limit, remaining, resetSeconds } = state;
    return { limit, remaining, resetSeconds };
  }

  async #require(policy: PolicyName, key: string, points?: number): Promise<void> {
    const taken = await this.#take(policy, key, points);
    if (taken?.granted === false) throw rateLimited(taken.state);
  }

  async #take(policy: PolicyName, key: string, points?: number) {
    const taken = await this.#rates.take(policy, key, points);
    // The total of attempts from many addresses on an account is not disclosed to any of them.
    if (taken && policy !== 'account-guesses') this.#states.set(policy, taken.state);
    return taken;
  }
}
