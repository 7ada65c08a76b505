import DataLoader from 'dataloader';
import type { Found } from '../db/keyset.ts';
import type { Coverage } from '../kept/kept-loader.ts';
import { decodeCursor, encodeCursor, type Page, type PageRequest, toPage, toPageAround } from './page.ts';

/** One list's page to load. Pages with equal `request` and `variant` are found by one statement. */
export interface PageKey<Scope, Variant> {
  readonly scope: Scope;
  readonly variant: Variant;
  readonly request: PageRequest;
}

/** A page's range with a decoded cursor. */
export interface PageRange {
  readonly limit: number;
  readonly backward: boolean;
  readonly cursor: readonly string[] | undefined;
  readonly around: string | undefined;
}

/** A found row with its position relative to the page's. */
interface Ranked {
  readonly rank: number;
}

type CursorKeys<Row> = readonly (keyof Row & string)[];

export interface PageLoaderOptions<Scope, Variant, Row> {
  /** The scope of one list's cursors, so that no other list accepts them. */
  readonly cursorScope: (scope: Scope, variant: Variant) => string;
  /** The fields of a row that its cursor holds: by them the list is sorted, or its place is found. */
  readonly cursorKeys: CursorKeys<Row> | ((variant: Variant) => CursorKeys<Row>);
  /** Variants of which one statement can read the pages; absent: only equal ones. */
  readonly together?: {
    /** What the variants have in common. */
    readonly shapeOf: (variant: Variant) => unknown;
    /** The variant that reads what both of them read. */
    readonly merged: (one: Variant, other: Variant) => Variant;
  };
  /** Up to `range.limit + 1` rows of each list, in the direction of paging; around a row, one more on each side. */
  readonly find: (scopes: readonly Scope[], variant: Variant, range: PageRange) => Promise<Found<Row>[]>;
}

export type PageLoader<Scope, Variant, Row> = DataLoader<PageKey<Scope, Variant>, Page<Row>, string>;

const pageKeyText = <Scope, Variant>({ scope, variant, request }: PageKey<Scope, Variant>): string =>
  JSON.stringify([scope, variant, request]);

/** Coverage of pages of public rows, whose lists belong to one article each. */
export const pageCoverage = <Scope, Variant, Row>(
  articleOf: (scope: Scope) => string,
): Coverage<PageKey<Scope, Variant>, Page<Row>> => ({
  keyText: pageKeyText,
  articleOf: ({ scope }) => articleOf(scope),
  isPublic: () => true,
});

/**
 * Loads pages of lists in batches: one statement for all lists from which the same page is requested, so that what one
 * response says of a list twice is of one moment.
 */
export function pageLoader<Scope, Variant, Row extends Ranked>(
  options: PageLoaderOptions<Scope, Variant, Row>,
): PageLoader<Scope, Variant, Row> {
  const shapeOf = options.together?.shapeOf ?? ((variant: Variant) => variant);
  return new DataLoader<PageKey<Scope, Variant>, Page<Row>, string>(
    (keys) =>
      inBatches(
        keys,
        ({ variant, request }) => [shapeOf(variant), request],
        (batch) => loadBatch(options, batch),
      ),
    { cacheKeyFn: pageKeyText },
  );
}

/** One list whose rows are counted. */
export interface CountKey<Scope, Variant> {
  readonly scope: Scope;
  readonly variant: Variant;
}

export type ListCountLoader<Scope, Variant> = DataLoader<CountKey<Scope, Variant>, number, string>;

/** Counts rows of lists in batches: one statement for all lists of the same variant. */
export function listCountLoader<Scope, Variant>(
  count: (scopes: readonly Scope[], variant: Variant) => Promise<readonly number[]>,
): ListCountLoader<Scope, Variant> {
  return new DataLoader<CountKey<Scope, Variant>, number, string>(
    (keys) =>
      inBatches(
        keys,
        ({ variant }) => variant,
        async (batch) => {
          const [first] = batch;
          if (!first) return [];
          const counts = await count(
            batch.map(({ scope }) => scope),
            first.variant,
          );
          return batch.map((key, index) => [key, counts[index] ?? 0] as const);
        },
      ),
    { cacheKeyFn: ({ scope, variant }) => JSON.stringify([scope, variant]) },
  );
}

/**
 * Loads keys in batches of the same shape. An error of a batch concerns its keys alone.
 * @returns values or errors in the order of the keys
 */
async function inBatches<Key extends object, Value>(
  keys: readonly Key[],
  shapeOf: (key: Key) => unknown,
  load: (batch: readonly Key[]) => Promise<readonly (readonly [Key, Value | Error])[]>,
): Promise<(Value | Error)[]> {
  const batches = new Map<string, Key[]>();
  for (const key of keys) {
    const shape = JSON.stringify(shapeOf(key));
    batches.set(shape, [...(batches.get(shape) ?? []), key]);
  }
  const loaded = new Map<Key, Value | Error>();
  await Promise.all(
    [...batches.values()].map(async (batch) => {
      try {
        for (const [key, value] of await load(batch)) loaded.set(key, value);
      } catch (error) {
        for (const key of batch) loaded.set(key, error as Error);
      }
    }),
  );
  return keys.map((key) => loaded.get(key) ?? new Error('A list was not answered'));
}

async function loadBatch<Scope, Variant, Row extends Ranked>(
  { cursorScope, cursorKeys, together, find }: PageLoaderOptions<Scope, Variant, Row>,
  batch: readonly PageKey<Scope, Variant>[],
): Promise<[PageKey<Scope, Variant>, Page<Row> | Error][]> {
  const [first] = batch;
  if (!first) return [];
  const { request } = first;
  const variant = batch.map((key) => key.variant).reduce(together?.merged ?? ((one) => one));
  const fields = typeof cursorKeys === 'function' ? cursorKeys(variant) : cursorKeys;
  // A cursor belongs to one list: for any other list of the batch it is refused.
  const refused: [PageKey<Scope, Variant>, Error][] = [];
  const owners: PageKey<Scope, Variant>[] = [];
  let cursor: readonly string[] | undefined;
  for (const key of batch) {
    try {
      if (request.cursor !== undefined)
        cursor = decodeCursor(cursorScope(key.scope, variant), fields.length, request.cursor);
      owners.push(key);
    } catch (error) {
      refused.push([key, error as Error]);
    }
  }
  if (owners.length === 0) return refused;
  // Where several variants of one list are read together, the list is read once.
  const names = owners.map(({ scope }, index) => (together ? JSON.stringify(scope) : String(index)));
  const lists = [...new Map(owners.map(({ scope }, index) => [names[index], scope]))];
  const found = await find(
    lists.map(([, scope]) => scope),
    variant,
    { limit: request.limit, backward: request.backward, cursor, around: request.around },
  );
  const places = new Map(lists.map(([name], place) => [name, place]));
  const answered = owners.map((key, index): [PageKey<Scope, Variant>, Page<Row>] => {
    const place = places.get(names[index]) ?? -1;
    const { rows, behind } = found[place] ?? { rows: [], behind: false };
    const page =
      request.around === undefined ? toPage(request, rows, behind) : toPageAround(request.limit, rows);
    const scope = cursorScope(key.scope, key.variant);
    const cursorOf = (row: Row): string =>
      encodeCursor(
        scope,
        fields.map((field) => String(row[field])),
      );
    return [key, { ...page, cursorOf }];
  });
  return [...refused, ...answered];
}
