import { expect } from '@jest/globals';
import { globalId } from '../support/article-states.ts';
import type { ThingDeclaration } from './declaration.ts';
import type { Item, Kind, Thing } from './rules.ts';
import { thingDeclarations, types } from './table.ts';
import type { Visitor, World } from './world.ts';

/** All objects with an id in a response, at any depth. */
export function* objectsIn(value: unknown): Generator<Record<string, any> & { id: string }> {
  if (typeof value !== 'object' || value === null) return;
  if ('id' in value && typeof value.id === 'string') yield value as Record<string, any> & { id: string };
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

/** The leaf values of an object, without nested objects. */
export const leavesOf = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) =>
        typeof value !== 'object' || value === null || (Array.isArray(value) && typeof value[0] !== 'object'),
    ),
  );

/** The type that a global id names. */
export const typeOf = (id: string): string => Buffer.from(id, 'base64url').toString().split(':')[0] ?? '';

export const viewerIdOf = (accountId: string): string => globalId('Viewer', accountId);

/** The things of a world that are objects of a type with a rule, and so have a `node`. */
export const nodesOf = (world: World): Item<Exclude<Thing, undefined>>[] =>
  Object.values(world.things)
    .flat()
    .filter(({ thing }) => typeof types[thing.kind] === 'object');

/** The objects of a world, by their global ids. */
export function thingsOf(world: World): Map<string, Thing> {
  const things = new Map<string, Thing>(nodesOf(world).map(({ id, thing }) => [id, thing]));
  for (const { accountId } of world.visitors)
    if (accountId !== null) things.set(viewerIdOf(accountId), { kind: 'Viewer', accountId });
  return things;
}

/**
 * Expects that a response contains no object and no text that the rules hide from this visitor.
 * @param isHarmless whether an object needs no rule
 */
export function expectAllowed(
  world: World,
  visitor: Visitor,
  where: string,
  answer: unknown,
  isHarmless = (_: any) => false,
): void {
  const things = thingsOf(world);
  for (const object of objectsIn(answer)) {
    const thing = things.get(object.id);
    const rule = thing && types[thing.kind];
    if (typeof rule === 'object' && !isHarmless(object))
      expect([visitor.name, where, leavesOf(object), rule.holds(visitor, thing)]).toEqual([
        visitor.name,
        where,
        expect.anything(),
        true,
      ]);
  }
  const text = JSON.stringify(answer);
  for (const [kind, { secrets }] of Object.entries(thingDeclarations) as [Kind, ThingDeclaration][])
    for (const item of world.things[kind])
      for (const secret of secrets(item, visitor))
        if (text.includes(secret))
          throw new Error(`${where} tells ${visitor.name} of the ${kind} “${item.name}”`);
  expect(text).not.toContain('desk@example.org".');
}
