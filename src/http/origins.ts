/**
 * Whether a browser's page may talk to the service: pages of the service itself, and of the origins that are allowed.
 * Programs send no Origin and are not concerned.
 * @param host the request's Host header
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
