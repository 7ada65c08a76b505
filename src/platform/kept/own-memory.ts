/** @returns the same bytes in memory of their own, unless the value has that already */
function own(value: unknown): unknown {
  if (!Buffer.isBuffer(value)) {
    ownMemory(value);
    return value;
  }
  if (value.buffer.byteLength === value.length) return value;
  const copy = Buffer.allocUnsafeSlow(value.length);
  value.copy(copy);
  return copy;
}

/**
 * Replaces the small buffers of rows by copies with memory of their own. Node.js makes small buffers as parts of a
 * common one of 8 KiB, which stays as long as any of them: a path of eight bytes would keep a thousand times as much.
 */
export function ownMemory(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Date) return;
  const members = value as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) {
    if (typeof member !== 'object' || member === null) continue;
    const owned = own(member);
    if (owned !== member) members[name] = owned;
  }
}
