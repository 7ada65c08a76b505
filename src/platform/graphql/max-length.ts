import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  specifiedScalarTypes,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { longestSent } from '../text/rules.ts';
import { maxIdLength } from './global-id.ts';
import { type Priced, priced, type PriceSettings } from './price.ts';

/*
 * Every text that a client sends has a greatest length in the schema. The length of a custom scalar is part of the scalar, an `ID`
 * has one for all, and a `String` has the mark `@MaxLength` wherever it is an argument or a field of an input: without it the
 * schema is not built (`requireMaxLengths`). The gate compares the lengths before anything else is done with a text.
 */

/** Extensions of arguments, fields of inputs, and scalars. */
export type LengthExtensions = { readonly maxLength?: Priced };

/**
 * Marks an argument or a field of an input with the length of its text, or of each text of its list, in characters of the form in
 * which the text is stored or compared. The description in the schema ends with it.
 */
export const MaxLength = (maxLength: Priced): PropertyDecorator => Extensions({ maxLength });

/** Marks arguments of a root field, by their names. */
export const MaxLengths = (maxLengths: Readonly<Record<string, Priced>>): MethodDecorator =>
  Extensions({ maxLengths });

/** Most characters of a comment. */
export const commentLength = ({ maxCommentLength }: Pick<PriceSettings, 'maxCommentLength'>): number =>
  maxCommentLength;

/** Marks the text of a comment. */
export const MaxCommentLength = (): PropertyDecorator => MaxLength(commentLength);

/** The longest value of an enum, as a variable. */
const maxEnumLength = 100;
/** Texts for numbers and booleans are refused anyway. */
const maxOtherLength = 1000;

/** An argument or a field of an input. */
export type Place = GraphQLArgument | GraphQLInputField;

const markOf = ({ extensions }: { readonly extensions: LengthExtensions }): Priced | undefined =>
  extensions.maxLength;

/** The longest text that may be sent at a place of the schema, in UTF-16 code units. */
export const longestAt = (place: Place, settings: PriceSettings): number =>
  longestOf(getNamedType(place.type), settings, markOf(place));

/** The longest text of a type that may be sent anywhere, in UTF-16 code units. */
export function longestOf(type: GraphQLNamedInputType, settings: PriceSettings, mark?: Priced): number {
  const max = mark ?? (type.name === 'ID' ? maxIdLength : isEnumType(type) ? maxEnumLength : markOf(type));
  return max === undefined ? maxOtherLength : longestSent(priced(max, settings));
}

/** Scalars of GraphQL itself but `String`: their values are short, or no texts. */
const short: ReadonlySet<string> = new Set(
  specifiedScalarTypes.map(({ name }) => name).filter((name) => name !== 'String'),
);

const grouped = (value: number): string => value.toLocaleString('en-GB');

/** The default settings, which the description of a length names. */
const byDefault: PriceSettings = { maxCommentDepth: 100, maxCommentLength: 10_000 };

/** Adds the length to the description. @returns the place's name if it has none */
function describeLength(name: string, place: Place): string[] {
  const type = getNamedType(place.type);
  if (isInputObjectType(type) || isEnumType(type)) return [];
  const max = markOf(place);
  if (type.name !== 'String') return markOf(type) === undefined && !short.has(type.name) ? [name] : [];
  if (max === undefined) return [name];
  const each = isListType(getNullableType(place.type)) ? ' each' : '';
  const number = `At most ${grouped(priced(max, byDefault))} characters${each}`;
  const unless = typeof max === 'number' ? '' : ', unless the service sets another limit';
  place.description = `${place.description ?? ''} ${number}${unless}.`.trim();
  return [];
}

/**
 * Puts the greatest lengths into the descriptions.
 * @throws Error for an argument or a field of an input that takes a text of any length
 */
export function requireMaxLengths(schema: GraphQLSchema): void {
  const unbounded = Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => {
      if (isInputObjectType(type))
        return Object.values(type.getFields()).flatMap((field) =>
          describeLength(`${type.name}.${field.name}`, field),
        );
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) => {
        const { maxLengths = {} } = field.extensions as { maxLengths?: Readonly<Record<string, Priced>> };
        return field.args.flatMap((arg) => {
          const maxLength = maxLengths[arg.name];
          if (maxLength !== undefined) arg.extensions = { ...arg.extensions, maxLength };
          return describeLength(`${type.name}.${field.name}(${arg.name})`, arg);
        });
      });
    });
  if (unbounded.length > 0) throw new Error(`No @MaxLength: ${unbounded.join(', ')}`);
}
