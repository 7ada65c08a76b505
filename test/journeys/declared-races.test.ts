/** @database none */
import { expect, it } from '@jest/globals';
import { features } from '../../src/app/features.ts';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { races } from '../support/races/all.ts';

it('every mutation of the schema is raced, or its feature says why it is not', () => {
  const declared = races.flatMap(({ mutations }) => Object.keys(mutations));
  const mutations = buildApiSchema(features).getMutationType()?.getFields() ?? {};
  expect(declared.sort()).toEqual(Object.keys(mutations).sort());
});
