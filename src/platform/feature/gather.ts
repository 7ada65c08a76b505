import type { Config } from '../config/config.ts';
import type { Routes } from '../http/requests.ts';
import { prune, type PruneTask } from '../db/pruning.ts';
import type { CounterDeclaration, CounterDeclarations } from '../events/log.ts';
import { logFinder } from '../events/numbered-log.ts';
import { ArticleEvents, type EventDeclaration, type EventDeclarations } from '../graphql/article-events.ts';
import type { Erasure } from './erasure.ts';
import {
  maxNotificationKinds,
  type NotificationDeclaration,
  type NotificationDeclarations,
} from './notification.ts';
import type { ScopeDeclaration, ScopeDeclarations } from '../auth/scopes.ts';
import type { ErrorDeclaration } from '../errors/errors.ts';
import type { KeyedObject } from '../idempotency/idempotency.queries.ts';
import type { Invariants } from './invariants.ts';
import type { PagePart, Served, ServedPage } from '../page/served.ts';
import type { Job } from '../jobs/job.ts';
import type { DeclaredText } from '../text/written-text.ts';
import type { DecoratedClass, Feature, Gathered, Migration, Parts } from './feature.ts';

/** Merges records by feature. @throws Error for a key that two features have */
function merge<Value>(records: readonly Readonly<Record<string, Value>>[]): Record<string, Value> {
  const merged: Record<string, Value> = {};
  for (const [key, value] of records.flatMap((record) => Object.entries(record))) {
    if (Object.hasOwn(merged, key)) throw new Error(`Two features bring ${key}`);
    merged[key] = value;
  }
  return merged;
}

/** Collects what parts of the service are made of: the contributions of all features. */
export function gather(features: readonly Feature[], config: Config): Gathered {
  return {
    ...graphqlOf(features),
    notifications: notificationsOf(features),
    scopes: scopesOf(features),
    erasures: erasuresOf(features, config),
    personalData: features.flatMap(({ personalData }) => personalData),
  };
}

/** The kinds of events of all features. */
export const eventsOf = (features: readonly Feature[]): EventDeclarations =>
  merge<EventDeclaration>(features.map(({ events }) => events));

/** The counts of articles of all features. */
export const countersOf = (features: readonly Feature[]): CounterDeclarations =>
  merge<CounterDeclaration>(features.map(({ counters }) => counters));

/** The kinds of notifications of all features. @throws Error for more than there may be */
export function notificationsOf(features: readonly Feature[]): NotificationDeclarations {
  const merged = merge<NotificationDeclaration>(features.map(({ notifications }) => notifications));
  if (Object.keys(merged).length > maxNotificationKinds)
    throw new Error(`There are more than ${maxNotificationKinds} kinds of notifications`);
  return merged;
}

/** The codes of refusals of all features. */
export const errorCodesOf = (features: readonly Feature[]): Readonly<Record<string, ErrorDeclaration>> =>
  merge<ErrorDeclaration>(features.map(({ errorCodes }) => errorCodes));

/** The scopes of all features, in the order in which they are shown. */
export const scopesOf = (features: readonly Feature[]): ScopeDeclarations =>
  Object.fromEntries(
    Object.entries(merge<ScopeDeclaration>(features.map(({ scopes }) => scopes))).sort(
      ([, { place }], [, other]) => place - other.place,
    ),
  );

/** What the strings of all features' types and inputs hold. */
export const textsOf = (features: readonly Feature[]): Readonly<Record<string, DeclaredText>> =>
  merge<DeclaredText>(features.map(({ texts }) => texts));

/** The invariants of all features. */
export const invariantsOf = (features: readonly Feature[]): Invariants =>
  merge(features.map(({ invariants }) => invariants));

/** The objects to which the idempotency keys of all features lead. */
export const keyedObjectsOf = (features: readonly Feature[]): Readonly<Record<string, KeyedObject>> =>
  merge<KeyedObject>(features.map(({ idempotency }) => idempotency));

/** The pages, parts and texts of all features in the served HTML. @throws Error for a route, part or text that two have */
export const servedOf = (features: readonly Feature[]): Served => ({
  pages: merge<ServedPage>(features.map(({ served }) => served.pages)),
  parts: merge<PagePart>(features.map(({ served }) => served.parts)),
  texts: merge(features.map(({ served }) => served.texts)),
});

/** What the features bring to GraphQL, besides resolvers. */
export function graphqlOf(features: readonly Feature[]): Pick<Gathered, 'nodes' | 'events'> {
  return {
    nodes: merge(features.map(({ nodes }) => nodes)),
    events: new ArticleEvents(eventsOf(features)),
  };
}

/** What streams and memory know of the features' logs and of the kinds of events. */
export function followedBy(features: readonly Feature[]) {
  const { changeOf, withdraws } = graphqlOf(features).events;
  return { logOf: logFinder(features.flatMap(({ logs }) => logs)), changeOf, withdraws };
}

/** The migrations of all features, oldest first. */
export const migrationsOf = (features: readonly Feature[]): Migration[] =>
  features.flatMap(({ migrations }) => migrations).sort((a, b) => timeOf(a) - timeOf(b));

const timeOf = ({ name }: Migration): number => Number(/\d{13}$/.exec(name)?.[0]);

/** The entities of all features. */
export const tablesOf = (features: readonly Feature[]): DecoratedClass[] =>
  features.flatMap(({ tables }) => tables);

/** What the features make of the parts of the service. */
export interface Assembled {
  /** The one instance of every resolver, by its class. */
  readonly resolvers: ReadonlyMap<DecoratedClass, object>;
  readonly jobs: readonly Job[];
  readonly routes: readonly Routes[];
}

export const assemble = (features: readonly Feature[], parts: Parts): Assembled => ({
  resolvers: new Map(
    features.flatMap(({ resolvers }) => resolvers.map(({ resolver, create }) => [resolver, create(parts)])),
  ),
  jobs: [...features.flatMap(({ jobs }) => jobs(parts)), pruningJob(features, parts)],
  routes: features.flatMap(({ routes }) => routes(parts)),
});

/** The tasks that remove rows which are not kept permanently. */
export const pruningTasks = (features: readonly Feature[], config: Config): PruneTask[] =>
  features.flatMap(({ pruning }) => pruning(config));

const pruningJob = (features: readonly Feature[], { config, db, measures, onJobError }: Parts): Job => ({
  name: 'pruning',
  due: undefined,
  everyMs: config.pruneIntervalSeconds * 1000,
  step: async (signal) => {
    const onError = (error: unknown, task: string): void => onJobError('pruning', error, { task });
    measures.countPruning(await prune({ db, tasks: pruningTasks(features, config), onError }, signal));
    return 'idle';
  },
});

/** How all features erase an account's data. */
export const erasuresOf = (features: readonly Feature[], config: Config): Erasure[] =>
  features.map(({ erasure }) => erasure(config, notificationsOf(features)));
