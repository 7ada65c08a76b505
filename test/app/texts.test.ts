/**
 * What the features declare of texts, compared with the schema.
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputField,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { features } from '../../src/app/features.ts';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { textsOf } from '../../src/platform/feature/gather.ts';
import type { LengthExtensions } from '../../src/platform/graphql/max-length.ts';
import { priced } from '../../src/platform/graphql/price.ts';
import type { WrittenText } from '../../src/platform/text/written-text.ts';

/** Every field of a type or an input that holds a `String`. */
const strings = Object.values(buildApiSchema(features).getTypeMap())
  .filter((type) => isInputObjectType(type) || isObjectType(type) || isInterfaceType(type))
  .filter(({ name }) => !name.startsWith('__'))
  .flatMap((type) =>
    Object.values<GraphQLInputField | GraphQLField<unknown, unknown>>(type.getFields())
      .filter((field) => getNamedType(field.type).name === 'String')
      .map(({ name, extensions }) => ({
        path: `${type.name}.${name}`,
        isInput: isInputObjectType(type),
        max: (extensions as LengthExtensions).maxLength,
      })),
  );

const declared = textsOf(features);
const isWritten = (text: (typeof declared)[string] | undefined): text is WrittenText =>
  typeof text === 'object';

describe('the texts that features declare', () => {
  it('are all strings of the schema', () => {
    const undeclared = strings.map(({ path }) => path).filter((path) => !Object.hasOwn(declared, path));
    if (undeclared.length > 0)
      throw new Error(
        `What ${undeclared.join(', ')} holds is declared by no feature: say it in \`texts\` of the feature.ts that has the type.`,
      );
  });

  it('are fields of the schema', () => {
    const paths = new Set(strings.map(({ path }) => path));
    expect(Object.keys(declared).filter((path) => !paths.has(path))).toEqual([]);
  });

  it('have the length that the inputs which take them are marked with', () => {
    const limits = { maxCommentDepth: 1, maxCommentLength: 12_345 };
    const wrong = strings.filter(({ path, isInput, max }) => {
      const text = declared[path];
      return isInput && isWritten(text) && priced(text.max, limits) !== priced(max ?? 0, limits);
    });
    expect(wrong).toEqual([]);
  });

  it('are each taken by an input, and shown', () => {
    const placesOf = (isInput: boolean) =>
      new Set(strings.filter((each) => each.isInput === isInput).map(({ path }) => declared[path]));
    const [taken, shown] = [placesOf(true), placesOf(false)];
    const lonely = Object.entries(declared).filter(
      ([, text]) => isWritten(text) && !(taken.has(text) && shown.has(text)),
    );
    expect(lonely).toEqual([]);
  });
});
