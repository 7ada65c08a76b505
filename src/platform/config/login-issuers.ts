import { z } from 'zod';

/** Most issuers of each kind: a sign-in page with more buttons is a mistake. */
const maxIssuers = 20;

/** Most values of a claim that give roles. */
const maxRoleValues = 50;

/** Whether a host is this machine. */
export const isLoopback = (hostname: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Whether a request to an address is encrypted, or stays on this machine. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (`${username}${password}${search}${hash}` !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

const safeAddress = z
  .string()
  .max(500)
  .refine(isSafeAddress, { error: 'takes an address that starts with https://, or http:// on this machine' });

const id = z.string().regex(/^[a-z0-9-]{1,40}$/, { error: 'takes 1 to 40 of a to z, 0 to 9 and -' });

const shownName = z
  .string()
  .min(1)
  .max(40)
  .refine((text) => text === text.trim() && !/\p{C}/u.test(text), { error: 'takes 1 to 40 characters' });

const text = (max: number) => z.string().min(1).max(max);

/** Roles that a claim may give: everybody is a reader. */
const grantableRole = z.enum(['JOURNALIST', 'MODERATOR', 'EDITOR', 'ADMINISTRATOR']);

const roles = z
  .strictObject({
    claim: text(200),
    values: z
      .record(text(200), grantableRole)
      .refine((values) => Object.keys(values).length >= 1 && Object.keys(values).length <= maxRoleValues, {
        error: `takes 1 to ${maxRoleValues} values`,
      }),
  })
  .optional();

const domain = z.union([
  z.literal('*'),
  z
    .string()
    .max(253)
    .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, { error: 'takes domains in small letters, such as example.org' }),
]);

/** What the word of another site is worth. */
const trust = {
  /** The domains of addresses that it may assert; undefined: any, and none of them links a login to an account that exists. */
  domains: z.array(domain).min(1).max(100).optional(),
  /** Whether it may sign in accounts with any role of staff by its word alone. */
  linksStaff: z.boolean().default(false),
  /** Whether an address counts that it says it has confirmed. */
  mayAssertEmail: z.boolean().default(true),
  roles,
};

const oidcIssuer = z
  .strictObject({
    id,
    name: shownName,
    issuer: safeAddress,
    clientId: text(500),
    clientSecret: text(500).optional(),
    clientAuth: z.enum(['basic', 'post']).default('basic'),
    scopes: z
      .string()
      .max(500)
      .refine((list) => list.split(' ').includes('openid'), { error: 'takes scopes, openid among them' })
      .default('openid email profile'),
    ...trust,
  })
  .readonly();

const hostIssuer = z
  .strictObject({
    id,
    name: shownName,
    // The name under which mailed links vouch.
    issuer: text(500).refine((issuer) => issuer !== 'mailbox', { error: 'is taken' }),
    audience: text(500),
    algorithm: z.enum(['ES256', 'EdDSA', 'HS256']),
    jwksUrl: safeAddress.optional(),
    secret: z.string().min(32).max(500).optional(),
    maxSeconds: z.number().int().min(10).max(600).default(300),
    ...trust,
  })
  .refine(
    ({ algorithm, jwksUrl, secret }) => (algorithm === 'HS256' ? !jwksUrl && secret : jwksUrl && !secret),
    {
      error: 'takes a secret of at least 32 characters with HS256, and a jwksUrl with ES256 and EdDSA',
    },
  )
  .readonly();

/** Roles by the values of a claim. */
export type RoleMapping = NonNullable<z.infer<typeof roles>>;

/** An OpenID provider whose users may sign in. */
export type OidcIssuer = z.infer<typeof oidcIssuer>;

/** A site that signs tokens for its own users. */
export type HostIssuer = z.infer<typeof hostIssuer>;

/** What the settings say of an issuer's word. */
export type IssuerTrust = Pick<OidcIssuer, 'issuer' | 'domains' | 'linksStaff' | 'mayAssertEmail' | 'roles'>;

/** A list of issuers as JSON. No message repeats a value: there are secrets among them. */
const listOf = <Item extends z.ZodType<{ readonly id: string; readonly issuer: string }>>(item: Item) =>
  z
    .string()
    .default('[]')
    .transform((json, context): unknown => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'takes a list of issuers as JSON' });
        return z.NEVER;
      }
    })
    .pipe(z.array(item).max(maxIssuers))
    .refine(isUnique, { error: 'takes each id and each issuer once' })
    .readonly();

/** Accounts are found by an issuer's address, and its pages by its id. */
export const isUnique = (issuers: readonly { readonly id: string; readonly issuer: string }[]): boolean =>
  new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length &&
  new Set(issuers.map((issuer) => issuer.id)).size === issuers.length;

export const oidcIssuers = listOf(oidcIssuer);
export const hostIssuers = listOf(hostIssuer);
