const wordBytes = 8;
const objectBytes = 48;

/** About the memory that a value of rows takes, in bytes: texts count one byte for each character. */
export function byteSize(value: unknown): number {
  if (typeof value === 'string') return objectBytes + value.length;
  if (typeof value !== 'object' || value === null) return wordBytes;
  if (Buffer.isBuffer(value)) return 2 * objectBytes + value.length;
  if (value instanceof Date) return objectBytes;
  let bytes = objectBytes;
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
    bytes += wordBytes + byteSize(member);
  return bytes;
}
