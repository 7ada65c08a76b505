/** The values under one name, in any case; empty ones count as absent. */
function valuesOf(record: unknown, wanted: string): unknown[] {
  if (typeof record !== 'object' || record === null) return [];
  return Object.entries(record)
    .filter(([name]) => name.toLowerCase() === wanted)
    .map(([, value]): unknown => value)
    .filter((value) => value !== undefined && value !== null && value !== '');
}

/**
 * The credential of a socket: `authorization` among the `connectionParams` or, where clients for HTTP keep it, among
 * `headers` in them.
 * @returns undefined without one
 */
export function authorizationOf(
  connectionParams: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const found = new Set([
    ...valuesOf(connectionParams, 'authorization'),
    ...valuesOf(connectionParams?.headers, 'authorization'),
  ]);
  if (found.size === 0) return undefined;
  const [value] = found;
  // Anything but one text is an invalid credential, and is refused as such.
  return found.size === 1 && typeof value === 'string' ? value : 'invalid';
}
