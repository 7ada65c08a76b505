import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLSafeInt, GraphQLURL, GraphQLUUID } from 'graphql-scalars';
import type { LengthExtensions } from './max-length.ts';
import { maxMinorUnitsDigits, parseMinorUnits } from '../text/minor-units.ts';
import { maxUrlLength } from '../text/schema.ts';
import {
  formatPartialDateTime,
  parsePartialDateTime,
  type PartialDateTime,
} from '../time/partial-date-time.ts';

/** The greatest length of a scalar's texts, in characters: the gate refuses longer ones before they are read. */
const atMost = (maxLength: number): LengthExtensions => ({ maxLength });

function described(
  scalar: GraphQLScalarType,
  specifiedByURL: string,
  description: string,
  extensions: LengthExtensions = {},
): GraphQLScalarType {
  return new GraphQLScalarType({ ...scalar.toConfig(), specifiedByURL, description, extensions });
}

interface Opaque {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
  readonly minLength?: number;
}

/** The longest cursor, in characters. */
const maxCursorLength = 512;

/** An opaque string of bounded length that only this service can make. */
function opaque({
  name,
  description,
  specifiedByURL,
  minLength = 1,
}: Opaque): GraphQLScalarType<string, string> {
  const read = (value: unknown): string => {
    if (typeof value !== 'string' || value.length < minLength || value.length > maxCursorLength) {
      throw new TypeError(`${name} takes a string that this API returned`);
    }
    return value;
  };
  return new GraphQLScalarType({
    name,
    description: `${description} At most ${maxCursorLength} characters.`,
    specifiedByURL,
    extensions: atMost(maxCursorLength),
    serialize: read,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
  });
}

export const DateTimeScalar = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  description: 'An instant, RFC 3339, in UTC: `2026-03-01T09:12:00.000Z`. At most 40 characters.',
  extensions: atMost(40),
  // The library leaves a Date for JSON, but feeds and pages are made of answers that never were JSON.
  serialize: (value) => GraphQLDateTime.serialize(value).toISOString(),
});

/**
 * Addresses that are shown as they are, as nearly all are; others are parsed first. The last label of the host begins
 * with a letter, so that it is no IPv4 address, and the path has no dots and no percent signs.
 */
const plainUrl =
  /^https?:\/\/(?:[a-z\d-]+\.)*[a-z][a-z\d-]*(?::[1-9]\d{3})?\/(?:[\w~-]+\/)*[\w~-]*(?:#[\w~-]*)?$/;

const isPlainUrl = (value: unknown): boolean =>
  // The encoding of international hosts has to be checked.
  typeof value === 'string' && plainUrl.test(value) && !value.includes('xn--');

export const UrlScalar = new GraphQLScalarType({
  ...GraphQLURL.toConfig(),
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3986',
  description: 'An absolute http or https address. At most 2,000 characters in an input.',
  extensions: atMost(maxUrlLength),
  serialize: (value) => (isPlainUrl(value) ? value : GraphQLURL.serialize(value)),
});
export const UuidScalar = described(
  GraphQLUUID,
  'https://www.rfc-editor.org/rfc/rfc9562',
  'A UUID (RFC 9562), of 36 characters.',
  atMost(36),
);
export const SafeIntScalar = described(
  GraphQLSafeInt,
  'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  'A whole number that every JSON parser reads exactly: up to 2⁵³ − 1, where an Int has 32 bits.',
);
export const CursorScalar = opaque({
  name: 'Cursor',
  description: 'An opaque position in one connection, for its `after` and `before`.',
  specifiedByURL: 'https://relay.dev/graphql/connections.htm#sec-Cursor',
});
export const EventCursorScalar = opaque({
  name: 'EventCursor',
  description:
    'An opaque position in the events of one article, of the whole site, or of an inbox. It is not a `Cursor`, and not valid for the events of anything else.',
  // A client with an empty store may send the empty text: an unknown position like any other, from which it can
  // recover.
  minLength: 0,
});

function readPartialDateTime(value: unknown): PartialDateTime {
  const parsed = typeof value === 'string' ? parsePartialDateTime(value) : undefined;
  if (!parsed) throw new TypeError('PartialDateTime takes a year, a month, a day or an RFC 3339 instant');
  return parsed;
}

export const PartialDateTimeScalar = new GraphQLScalarType({
  name: 'PartialDateTime',
  specifiedByURL: 'https://www.w3.org/TR/NOTE-datetime',
  description:
    'A time with the precision to which it is known: an instant (`2026-03-01T09:12:00.000Z`), a day (`2015-07-25`), a month (`2015-07`) or a year (`2015`). The length of the string is the precision (ISO 8601 reduced precision, UTC). At most 40 characters.',
  extensions: atMost(40),
  serialize: (value) => formatPartialDateTime(value as PartialDateTime),
  parseValue: readPartialDateTime,
  parseLiteral: (node) => readPartialDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function readMinorUnits(value: unknown): bigint {
  const parsed = typeof value === 'string' ? parseMinorUnits(value) : undefined;
  if (parsed === undefined)
    throw new TypeError(
      `MinorUnits takes a string of 1 to ${maxMinorUnitsDigits} digits without sign and leading zeros`,
    );
  return parsed;
}

function showMinorUnits(value: unknown): string {
  if (typeof value !== 'bigint') throw new TypeError('MinorUnits shows a bigint');
  return String(value);
}

export const MinorUnitsScalar = new GraphQLScalarType({
  name: 'MinorUnits',
  description: `An amount of money in the smallest unit of its currency, as a string of decimal digits, because an Int has 32 bits: \`"1234"\` is 12.34 EUR, 1234 JPY, and 1.234 KWD. Behind a \`-\` if it is negative. An input has 1 to ${maxMinorUnitsDigits} digits, no sign and no leading zeros.`,
  extensions: atMost(maxMinorUnitsDigits),
  serialize: showMinorUnits,
  parseValue: readMinorUnits,
  parseLiteral: (node) => readMinorUnits(node.kind === Kind.STRING ? node.value : undefined),
});

function readCurrencyCode(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value))
    throw new TypeError('CurrencyCode takes three capital letters');
  return value;
}

export const CurrencyCodeScalar = new GraphQLScalarType({
  name: 'CurrencyCode',
  specifiedByURL: 'https://www.iso.org/iso-4217-currency-codes.html',
  description: 'A currency, by its code of ISO 4217: three letters, such as `EUR`.',
  extensions: atMost(3),
  serialize: readCurrencyCode,
  parseValue: readCurrencyCode,
  parseLiteral: (node) => readCurrencyCode(node.kind === Kind.STRING ? node.value : undefined),
});
