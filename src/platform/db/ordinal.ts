/**
 * Ordinals give the comments and endorsements of one article an order that never changes: microseconds since 1970 in
 * the upper 56 bits (years 829 to 3111), and bits below them that distinguish rows of the same microsecond.
 */
const microBits = 8n;

/** SQL for the ordinal of a row written now. */
export function ordinalSql(time: string, id: string): string {
  return `((extract(epoch FROM ${time}) * 1000000)::bigint << ${microBits}) | (${id} & 255)`;
}

/**
 * The ordinal of row number `index` among those with the same time.
 * @throws RangeError for a time outside the years 1000 to 3000
 */
export function ordinalOf(time: Date, index: number): bigint {
  const year = time.getUTCFullYear();
  if (year < 1000 || year > 3000) throw new RangeError('The time is out of range');
  return ((BigInt(time.getTime()) * 1000n) << microBits) + BigInt(index);
}

const signBit = '(-9223372036854775808)::bigint';

/**
 * SQL for one element of a comment's path: eight bytes whose byte order is the order of the ordinals, oldest first, or
 * newest first for the root comment of a thread.
 */
export function pathElementSql(ordinal: string, isRoot: boolean): string {
  return isRoot ? `int8send((~(${ordinal})) # ${signBit})` : `int8send((${ordinal}) # ${signBit})`;
}

/** As `pathElementSql`. */
export function pathElement(ordinal: bigint, isRoot: boolean): Buffer {
  const element = Buffer.alloc(8);
  element.writeBigInt64BE(isRoot ? ~ordinal : ordinal);
  element.writeUInt8(element.readUInt8(0) ^ 0x80, 0);
  return element;
}

/** The ordinals in a comment's path, its own last. */
export function pathOrdinals(path: Buffer): bigint[] {
  return Array.from({ length: path.length / 8 }, (_, index) => {
    const element = Buffer.from(path.subarray(8 * index, 8 * index + 8));
    element.writeUInt8(element.readUInt8(0) ^ 0x80, 0);
    const ordinal = element.readBigInt64BE();
    return index === 0 ? ~ordinal : ordinal;
  });
}

const digits = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/**
 * A path as a string with the same byte order: eleven characters for each element, in base 64 with digits in ASCII
 * order.
 */
export function pathText(path: Buffer): string {
  let text = '';
  for (let offset = 0; offset < path.length; offset += 8) {
    // Two halves of 32 bits: big integers take many times as long, and a page has hundreds of elements.
    const [high, low] = [path.readUInt32BE(offset), path.readUInt32BE(offset + 4)];
    text += digits.charAt(high >>> 28);
    for (let shift = 22; shift >= 4; shift -= 6) text += digits.charAt((high >>> shift) & 63);
    text += digits.charAt(((high & 15) << 2) | (low >>> 30));
    for (let shift = 24; shift >= 0; shift -= 6) text += digits.charAt((low >>> shift) & 63);
  }
  return text;
}
