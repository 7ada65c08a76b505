import { expect } from '@jest/globals';
import { globalId } from '../support/article-states.ts';
import { answerOf, seesCampaign, seesHeldEdit, seesPledge, type Thing } from './rules.ts';
import { rootFields, types } from './table.ts';
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

/** The objects of a world, by their global ids. */
export function thingsOf(world: World): Map<string, Thing> {
  const things = new Map<string, Thing>();
  for (const { id, thing } of [
    ...world.articles,
    ...world.comments,
    ...world.endorsements,
    ...world.campaigns,
    ...world.pledges,
  ])
    things.set(id, thing);
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
    const row = thing && types[thing.kind];
    if (row && 'rule' in row && !isHarmless(object))
      expect([visitor.name, where, leavesOf(object), row.rule.holds(visitor, thing)]).toEqual([
        visitor.name,
        where,
        expect.anything(),
        true,
      ]);
  }
  const text = JSON.stringify(answer);
  for (const { name, thing } of world.comments) {
    const isSecret =
      thing.status === 'REMOVED' || answerOf(rootFields['Query.comment'] ?? [], visitor, thing) !== undefined;
    if (isSecret && text.includes(`Secret of ${name}.`))
      throw new Error(`${where} tells ${visitor.name} the text of “${name}”`);
    if (!seesHeldEdit.holds(visitor, thing) && text.includes(`Held secret of ${name}.`))
      throw new Error(`${where} tells ${visitor.name} the new text of “${name}”`);
  }
  for (const { name, thing, milestones } of world.campaigns)
    for (const { title, goal } of milestones)
      if (!seesCampaign.holds(visitor, thing) && (text.includes(title) || text.includes(`"${goal}"`)))
        throw new Error(`${where} tells ${visitor.name} of the campaign of “${name}”`);
  for (const { name, thing, amount } of world.pledges) {
    // The amount of a pledge that counts is public.
    const isSecret = thing.status === 'SETUP' || !seesCampaign.holds(visitor, thing);
    if (isSecret && !seesPledge.holds(visitor, thing) && text.includes(`"${amount}"`))
      throw new Error(`${where} tells ${visitor.name} of the pledge “${name}”`);
  }
  expect(text).not.toContain('desk@example.org".');
}
