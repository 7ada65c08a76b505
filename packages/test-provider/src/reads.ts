import { z } from 'zod';
import type { FormFields } from './form-body.ts';
import { expand, list, objectId, parametersOf, text, whole } from './parameters.ts';
import { StripeFault } from './stripe-fault.ts';
import { sessionAt } from './set-ups.ts';
import type { Queryable } from './store.ts';
import type { ObjectType, StoredObject } from './stored-objects.ts';
import { type ObjectList, selectList, selectObject, selectObjects } from './queries.ts';

/** An object or a list in Stripe's form, not yet expanded. */
export type Shown = object;

/** `GET /v1/…/:id`. @throws StripeFault resource_missing */
export async function readObject(
  db: Queryable,
  type: ObjectType,
  id: string,
  { given, now }: { readonly given: FormFields; readonly now: Date },
): Promise<Shown> {
  parametersOf({ expand }, given);
  const found = await selectObject(db, type, id);
  if (!found) throw StripeFault.missing(type, id.slice(0, 100), 'id');
  return found.object === 'checkout.session' ? sessionAt(found, Math.floor(now.getTime() / 1000)) : found;
}

const pageShape = {
  limit: whole(1, 100).optional(),
  starting_after: objectId.optional(),
  created: z.strictObject({ gte: whole(0, 100_000_000_000) }).optional(),
  /** Of events. */
  types: list(text(100)).optional(),
  expand,
};

const parentText = text(255).optional();

export interface ListOptions {
  readonly type: ObjectType;
  /** The parameter that names the parent of the objects; without it the list has all of them. */
  readonly parentName?: 'customer' | 'payment_intent' | 'transfer_group';
  /** The parent, where it is part of the path. */
  readonly parent?: string;
  readonly url: string;
}

/** `GET` of a list: newest first. */
export async function readList(db: Queryable, options: ListOptions, given: FormFields): Promise<Shown> {
  const { type, parentName, url } = options;
  const parentShape: Record<string, typeof parentText> = parentName ? { [parentName]: parentText } : {};
  const asked = parametersOf({ ...parentShape, ...pageShape }, given);
  const { limit = 10, created, starting_after: after } = asked;
  if (after !== undefined && !(await selectObject(db, type, after)))
    throw StripeFault.missing(type, after, 'starting_after');
  const namedParent = parentName && given[parentName];
  const query: ObjectList = {
    type,
    parent: options.parent ?? (typeof namedParent === 'string' ? namedParent : undefined),
    eventTypes: asked.types,
    since: created && new Date(created.gte * 1000),
    after,
    // One more says whether there are more.
    limit: limit + 1,
  };
  const rows = await selectList(db, query);
  return { object: 'list', data: rows.slice(0, limit), has_more: rows.length > limit, url };
}

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/**
 * Replaces ids by the objects that they name, along the paths of `expand`: `latest_charge.balance_transaction`. Of a
 * field that holds no id, nothing is replaced.
 */
export async function expanded(db: Queryable, shown: Shown, given: FormFields): Promise<Shown> {
  const { expand: paths = [] } = z.object({ expand }).parse(given);
  const result = structuredClone(shown);
  for (const path of paths) await expandPath(db, [result as Node], path.split('.'));
  return result;
}

async function expandPath(db: Queryable, nodes: readonly Node[], path: readonly string[]): Promise<void> {
  const [name, ...rest] = path;
  if (name === undefined || nodes.length === 0) return;
  const holders = nodes.filter((node) => Object.hasOwn(node, name));
  const ids = holders.map((node) => node[name]).filter((value) => typeof value === 'string');
  const objects: ReadonlyMap<string, StoredObject> =
    ids.length === 0 ? new Map() : await selectObjects(db, ids);
  for (const node of holders) {
    const value = node[name];
    if (typeof value === 'string') node[name] = structuredClone(objects.get(value)) ?? value;
  }
  const next = holders.flatMap((node): unknown => node[name]).filter(isNode);
  await expandPath(db, next, rest);
}
