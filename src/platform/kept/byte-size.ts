/** Bytes of V8's objects on a machine of 64 bits, beside their contents. */
const stringBytes = 24;
const objectBytes = 40;
const memberBytes = 8;
const dateBytes = 96;
const bufferBytes = 200;

/** A character for which V8 stores the whole text in two bytes a character. */
const wide = /[^\u0000-\u00ff]/;

/** About the memory that a value of rows takes beside its own place, in bytes. */
export function byteSize(value: unknown): number {
  if (typeof value === 'string') return stringBytes + value.length * (wide.test(value) ? 2 : 1);
  if (typeof value !== 'object' || value === null) return 0;
  if (Buffer.isBuffer(value)) return bufferBytes + value.length;
  if (value instanceof Date) return dateBytes;
  let bytes = objectBytes;
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
    bytes += memberBytes + byteSize(member);
  return bytes;
}
