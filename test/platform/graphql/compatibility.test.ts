/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { readFile } from 'node:fs/promises';
import 'reflect-metadata';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';
import { breakingChanges } from '../../support/breaking-changes.ts';

describe('the schema', () => {
  it('breaks no client of the last release, except where the client uses elements deprecated in that release', async () => {
    const released = await readFile(new URL('../../../schema.released.graphql', import.meta.url), 'utf8');
    const schema = buildApiSchema(features);
    expect(await breakingChanges(buildSchema(released), schema)).toEqual([]);
  });
});

describe('a change of a schema', () => {
  const rest = 'interface Event { at: Int } type Added implements Event { at: Int } enum Order { A B }';
  const query = (fields: string) => `type Query { event: Event order: Order ${fields} } ${rest}`;
  const between = (before: string, after: string) =>
    breakingChanges(buildSchema(before, { noLocation: true }), buildSchema(after, { noLocation: true }));

  it.each<[what: string, before: string, after: string]>([
    ['a field removed', query('a: Int b: Int'), query('b: Int')],
    ['a field’s type changed', query('a: Int'), query('a: String')],
    ['a field made nullable', query('a: Int!'), query('a: Int')],
    ['an argument removed', query('a(x: Int, y: Int): Int'), query('a(x: Int): Int')],
    ['an argument made required', query('a(x: Int): Int'), query('a(x: Int!): Int')],
    ['a required argument added', query('a: Int'), query('a(x: Int!): Int')],
    ['a value removed', query(''), query('').replace('A B', 'A')],
    [
      'a type removed that is reached through an interface',
      `${query('')} type Edited implements Event { at: Int }`,
      query(''),
    ],
  ])('is refused: %s', async (_what, before, after) => {
    expect(await between(before, after)).toHaveLength(1);
  });

  it.each<[what: string, before: string, after: string]>([
    ['nothing', query('a: Int'), query('a: Int')],
    ['a deprecated field removed', query('a: Int @deprecated(reason: "Use b.") b: Int'), query('b: Int')],
    [
      'a deprecated field removed, and its type',
      `${query('a: Gone @deprecated(reason: "Use b.")')} type Gone { a: Int }`,
      query(''),
    ],
    [
      'a deprecated argument removed',
      query('a(x: Int @deprecated(reason: "Use y."), y: Int): Int'),
      query('a(y: Int): Int'),
    ],
    ['a deprecated value removed', query('').replace('B', 'B @deprecated'), query('').replace('A B', 'A')],
    [
      'a type removed whose fields are deprecated',
      `${query('')} type Edited implements Event { at: Int @deprecated }`,
      query(''),
    ],
    ['an optional argument added', query('a: Int'), query('a(x: Int): Int')],
    ['a field, a type and a value added', query(''), `${query('a: New')} type New { a: Int }`],
    ['a field made non-null', query('a: Int'), query('a: Int!')],
  ])('passes: %s', async (_what, before, after) => {
    expect(await between(before, after)).toEqual([]);
  });
});
