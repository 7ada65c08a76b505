/**
 * The address at which this machine reaches a service.
 * @param host where the service listens, as `HOST` says it
 * @returns an absolute URL without a slash at its end
 */
export function ownAddress(host: string, port: number): string {
  const isWildcard = host === '0.0.0.0' || host === '::';
  if (isWildcard) return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
