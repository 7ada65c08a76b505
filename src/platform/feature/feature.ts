import type { MigrationInterface } from 'typeorm';
import type { AccessTokens } from '../auth/access-token.ts';
import type { Challenges } from '../auth/challenges.ts';
import type { HashingQueue } from '../auth/hashing-queue.ts';
import type { ScopeDeclarations } from '../auth/scopes.ts';
import type { RightsRules } from '../auth/viewer.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { PruneTask } from '../db/pruning.ts';
import type { Bus } from '../events/bus.ts';
import type { CounterDeclarations, EventLog } from '../events/log.ts';
import type { NumberedLog } from '../events/numbered-log.ts';
import type { ArticleEvents, EventDeclarations } from '../graphql/article-events.ts';
import type { EventShower } from '../graphql/event-shower.ts';
import type { Links } from '../http/links.ts';
import type { NodeFinder } from '../graphql/node.ts';
import type { Job } from '../jobs/job.ts';
import type { Leases } from '../jobs/leases.ts';
import type { Mail } from '../mail/mail.ts';
import type { Served } from '../page/served.ts';
import type { Provider } from '../payments/provider.ts';
import type { PaymentPages } from '../payments/payment-pages.ts';
import type { Requests, Routes } from '../http/requests.ts';
import type { Clock } from '../time/clock.ts';
import type { ErrorDeclarations } from '../errors/errors.ts';
import type { TextDeclarations } from '../text/written-text.ts';
import type { KeyedObjects } from '../idempotency/idempotency.queries.ts';
import type { Erasure } from './erasure.ts';
import type { Invariants } from './invariants.ts';
import type { NotificationDeclarations } from './notification.ts';
import type { Measures } from '../metrics/measures.ts';
import type { PersonalData } from '../db/personal-data.ts';

/** A class with decorators: an entity of TypeORM, a type or resolver of type-graphql. */
export type DecoratedClass = abstract new (...args: never[]) => object;

/** Contributions of all features to the resolvers that serve every feature. */
export interface Gathered {
  readonly nodes: Readonly<Record<string, NodeFinder>>;
  readonly events: ArticleEvents;
  readonly notifications: NotificationDeclarations;
  /** In the order in which they are shown. */
  readonly scopes: ScopeDeclarations;
  /** How each feature erases its data of an account. */
  readonly erasures: readonly Erasure[];
  readonly personalData: readonly PersonalData[];
}

/** Dependencies of resolvers and their services. */
export interface Parts extends Gathered {
  readonly config: Config;
  readonly db: Database;
  readonly log: EventLog;
  readonly bus: Bus;
  /** What this process takes for itself, so that no other process works on it. */
  readonly leases: Leases;
  readonly links: Links;
  readonly requests: Requests;
  /** Secrets that the nodes share: new values are made with the first, and all are accepted. */
  readonly secrets: readonly [string, ...string[]];
  readonly tokens: AccessTokens;
  readonly challenges: Challenges;
  readonly hashing: HashingQueue;
  readonly clock: Clock;
  /** What the service demands of accounts before they have their rights. */
  readonly rights: RightsRules;
  /** Who moves money; undefined: the service takes none. */
  readonly payments: Provider | undefined;
  /** Pages of a provider that has none of its own; undefined: it has its own. */
  readonly paymentPages: PaymentPages | undefined;
  /** How the service sends mail; undefined: it sends none, and what needs one is off. */
  readonly mail: Mail | undefined;
  /** Shows events by documents that are kept. Callable once the service listens. */
  readonly eventShower: () => EventShower;
  readonly measures: Measures;
  /** Reports what failed and is tried again. @param about further facts, such as which part of the outside it concerns */
  readonly warn: (error: unknown, message: string, about?: Readonly<Record<string, unknown>>) => void;
  /** Reports that a part of a job's work failed, which keeps the job from nothing else and is tried again. */
  readonly onJobError: (job: string, error: unknown, about?: Readonly<Record<string, unknown>>) => void;
}

/** A class of a migration, whose name ends with its time in milliseconds. */
export type Migration = new () => MigrationInterface;

/** A resolver class, and the function that creates its one instance. */
export interface ResolverDeclaration {
  readonly resolver: DecoratedClass;
  readonly create: (parts: Parts) => object;
}

/**
 * Declares a resolver class.
 * @param args the arguments of its constructor; left out if it takes none
 */
export function resolver<Class extends new (...args: never[]) => object>(
  resolverClass: Class,
  ...[args]: ConstructorParameters<Class> extends readonly []
    ? []
    : [args: (parts: Parts) => ConstructorParameters<Class>]
): ResolverDeclaration {
  const create = resolverClass as unknown as new (...given: readonly unknown[]) => object;
  return { resolver: resolverClass, create: (parts) => new create(...(args?.(parts) ?? [])) };
}

/**
 * A feature's contributions to the service. Every member is required, so that a forgotten one does not compile; a
 * feature without any declares an empty list.
 */
export interface Feature {
  readonly name: string;
  /** Migrations since the last release. Released ones belong to the platform. */
  readonly migrations: readonly Migration[];
  /** Entities. */
  readonly tables: readonly DecoratedClass[];
  readonly resolvers: readonly ResolverDeclaration[];
  /** GraphQL object types that no field names, because they are reached through an interface. */
  readonly types: readonly DecoratedClass[];
  /** Finds the objects of `node` and `nodes`, by the name of their type. */
  readonly nodes: Readonly<Record<string, NodeFinder>>;
  /** Logs that streams follow. */
  readonly logs: readonly NumberedLog[];
  /** The kinds of events that it adds to the logs of articles. */
  readonly events: EventDeclarations;
  /** The counts of articles that its events change. */
  readonly counters: CounterDeclarations;
  /** The kinds of notifications that it adds to inboxes. */
  readonly notifications: NotificationDeclarations;
  /** The objects to which idempotency keys of the feature's commands lead. */
  readonly idempotency: KeyedObjects;
  /** Codes with which its commands are refused. */
  readonly errorCodes: ErrorDeclarations;
  /** Scopes that it adds for machine tokens. */
  readonly scopes: ScopeDeclarations;
  /** What every `String` holds that its types show or its inputs take. */
  readonly texts: TextDeclarations;
  /** Invariants of its rows. */
  readonly invariants: Invariants;
  /** Tasks that remove rows which are not kept permanently. */
  readonly pruning: (config: Config) => readonly PruneTask[];
  /** Work that no request waits for. */
  readonly jobs: (parts: Parts) => readonly Job[];
  /** Addresses of the feature that are no GraphQL. */
  readonly routes: (parts: Parts) => readonly Routes[];
  /** Its pages in the served HTML, and its parts of the pages of others. */
  readonly served: Served;
  /** @param notifications the kinds of all features */
  readonly erasure: (config: Config, notifications: NotificationDeclarations) => Erasure;
  readonly personalData: readonly PersonalData[];
}

/** Checks a declaration, and keeps the names of its parts in its type. */
export const defineFeature = <const Declared extends Feature>(feature: Declared): Declared => feature;
