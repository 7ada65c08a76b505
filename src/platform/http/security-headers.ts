import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';

/** Features of browsers that neither the readers' page nor the explorer uses: denied to their scripts and frames. */
const unusedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'sync-xhr',
  'usb',
  'xr-spatial-tracking',
];

const permissionsPolicy = unusedFeatures.map((name) => `${name}=()`).join(', ');

/** Policy of responses that are no page: they load nothing, and can't be framed. */
const noPage = "default-src 'none'; frame-ancestors 'none'";

const helmetOptions = (hstsSeconds: number): HelmetOptions => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'cross-origin' },
  xFrameOptions: { action: 'deny' },
  // One site may be served at several subdomains of a domain, not all of them by TLS.
  strictTransportSecurity: hstsSeconds > 0 && { maxAge: hstsSeconds, includeSubDomains: false },
});

/**
 * Headers of every response of Fastify's, by names in lower case. They are the same for all, so that Helmet is asked once. The page
 * and the explorer set a `Content-Security-Policy` of their own, with the same `frame-ancestors`, which `X-Frame-Options` repeats
 * for browsers that support only that.
 */
export function securityHeaders(hstsSeconds: number): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { 'permissions-policy': permissionsPolicy };
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  helmet(helmetOptions(hstsSeconds))(
    {} as IncomingMessage,
    response as unknown as ServerResponse,
    (error?: unknown) => {
      if (error !== undefined) throw new Error('Helmet has failed', { cause: error });
    },
  );
  return headers;
}

/** Headers of responses outside of Fastify's hooks: to refused upgrades, and to requests that it can't read. */
export function plainHeaders(hstsSeconds: number): Readonly<Record<string, string>> {
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': noPage,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Permissions-Policy': permissionsPolicy,
    ...(hstsSeconds > 0 ? { 'Strict-Transport-Security': `max-age=${hstsSeconds}` } : {}),
  };
}
