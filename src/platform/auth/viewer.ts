import { Refusal, RequestError } from '../errors/errors.ts';
import type { Scope } from './scopes.ts';

/** Permissions of an account beyond reading and writing under its own name. */
export const roles = ['READER', 'JOURNALIST', 'MODERATOR', 'EDITOR', 'ADMINISTRATOR'] as const;
export type Role = (typeof roles)[number];

/** The roles whose rights reach beyond one's own work. With STAFF_SECOND_FACTOR they take two factors. */
export const staffRoles = ['MODERATOR', 'EDITOR', 'ADMINISTRATOR'] as const satisfies readonly Role[];

/** What the service demands of an account before it has all of its rights. */
export interface RightsRules {
  /** Whether accounts have to confirm their addresses. */
  readonly mustConfirm: boolean;
  /** Whether the rights of moderators, editors and administrators take a second factor. */
  readonly staffSecondFactor: boolean;
  /** The roles of staff that other sites may give by their word alone: the issuer, a space and the role. */
  readonly issuerRoles: readonly string[];
}

/** What a machine token permits, within the rights of its account. */
export interface TokenGrant {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
  /** SHA-256, in hex, of the only documents that the token runs, whatever their scopes; undefined: any document. */
  readonly documents?: ReadonlySet<string> | undefined;
  /** Whether its account is a service account, which acts by tokens only. */
  readonly isService: boolean;
}

/** The account that makes this request, with a live session or with a machine token. */
export interface Viewer {
  readonly accountId: string;
  /** The session, or `token:` and the id of the machine token. */
  readonly sessionId: string;
  readonly name: string;
  /** The roles whose rights count in this request: not those that are withheld for want of a second factor, or of a proof by the account's holder. */
  readonly roles: readonly Role[];
  readonly suspended: boolean;
  /** Whether new texts of the account wait for a moderator; absent: they do not. It changes nothing of what the account sees. */
  readonly premoderated?: boolean;
  /** Whether the address has to be confirmed before the account says anything in public; never where no mail is sent. */
  readonly unconfirmed: boolean;
  /** Whether rights of the account are withheld until the session has proven a second factor. */
  readonly lacksSecondFactor?: boolean;
  /** Whether rights of the account are withheld because the session rests on the word of another site that may not give them, or on a mailed link. */
  readonly lacksOwnProof?: boolean;
  /** The machine token of the request; absent: the account has signed in. */
  readonly token?: TokenGrant;
}

/** The rights of a viewer beside those of any reader. */
export type ViewerRights = Pick<Viewer, 'roles' | 'suspended' | 'unconfirmed' | 'token'>;

/** Why an account may say nothing in public; undefined: it may. */
export function refusalToSpeak(
  viewer: Pick<Viewer, 'suspended' | 'unconfirmed'>,
): 'ACCOUNT_SUSPENDED' | 'EMAIL_UNCONFIRMED' | undefined {
  if (viewer.suspended) return 'ACCOUNT_SUSPENDED';
  return viewer.unconfirmed ? 'EMAIL_UNCONFIRMED' : undefined;
}

/**
 * The refusal of a command whose viewer has lost rights since its request began; undefined: it has lost none.
 * @param now the viewer as it is; undefined: its session has ended, or its token was revoked
 */
export function refusalOfLost(before: Viewer, now: Viewer | undefined): RequestError | undefined {
  if (!now)
    return new RequestError('UNAUTHENTICATED', 'The session has ended, or the token was revoked meanwhile.');
  const hasLost =
    before.roles.some((role) => !now.roles.includes(role)) ||
    (now.suspended && !before.suspended) ||
    (now.unconfirmed && !before.unconfirmed) ||
    (now.premoderated === true && before.premoderated !== true);
  if (!hasLost) return undefined;
  return new LostRights(now);
}

/** An account has lost rights while its request waited. Nothing was stored. */
export class LostRights extends RequestError {
  /** The viewer with the rights that are left. */
  readonly viewer: Viewer;

  constructor(viewer: Viewer) {
    super('FORBIDDEN', 'The account has lost rights while the request waited: send it again.');
    this.viewer = viewer;
  }
}

/** Runs a command, and once more if its viewer has lost rights while it waited: then it is judged by those that are left. */
export async function withRightsLeft<T, Who extends Viewer | null>(
  viewer: Who,
  command: (viewer: Who | Viewer) => Promise<T>,
): Promise<T> {
  try {
    return await command(viewer);
  } catch (error) {
    if (error instanceof LostRights) return command(error.viewer);
    throw error;
  }
}

/** @throws Refusal ACCOUNT_SUSPENDED, EMAIL_UNCONFIRMED */
export function requireVoice(viewer: Viewer): void {
  const refusal = refusalToSpeak(viewer);
  if (refusal) throw new Refusal(refusal);
}

/**
 * The key under which a viewer's work is counted, in rate limits and in shares of the database: by account, and apart
 * from it by machine token, so that a bot does not use up what its owner may do.
 */
export const clientOf = ({ accountId, token }: Pick<Viewer, 'accountId' | 'token'>): string =>
  token ? `token:${token.id}` : `account:${accountId}`;

/** Whether the request may use a scope of its account: always, except with a machine token that does not have it. */
export const hasScope = (viewer: Pick<Viewer, 'token'> | null, scope: Scope): boolean =>
  viewer?.token === undefined || viewer.token.documents !== undefined || viewer.token.scopes.has(scope);

/** Whether the viewer has at least one of these roles. Null (signed out) has none. */
export function hasRole(viewer: Pick<Viewer, 'roles'> | null, ...wanted: readonly Role[]): boolean {
  return viewer !== null && wanted.some((role) => viewer.roles.includes(role));
}

/** Moderators see and remove other people's comments; editors and administrators are moderators too. */
export function isModerator(viewer: Pick<Viewer, 'roles'> | null): boolean {
  return hasRole(viewer, ...staffRoles);
}

/** The reason why a viewer may not moderate; undefined if they may. */
export function refusalToModerate(
  viewer: Pick<Viewer, 'roles' | 'suspended'> | null,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!isModerator(viewer)) return 'FORBIDDEN';
  return viewer?.suspended ? 'ACCOUNT_SUSPENDED' : undefined;
}

/** @throws Refusal FORBIDDEN, ACCOUNT_SUSPENDED */
export function requireModerator(viewer: Viewer): void {
  const refusal = refusalToModerate(viewer);
  if (refusal) throw new Refusal(refusal);
}

/** The accounts that need a result other than the shared one; 'all': each account does. */
export type Exceptions = ReadonlySet<string> | 'all';

export const noExceptions: Exceptions = new Set<string>();

/** Whether an account needs a result of its own; undefined: signed out, which is never an exception. */
export const isException = (exceptions: Exceptions, accountId: string | undefined): boolean =>
  accountId !== undefined && (exceptions === 'all' || exceptions.has(accountId));

/** The exceptions of a result that consists of two. */
export function joinExceptions(some: Exceptions, others: Exceptions): Exceptions {
  if (some === 'all' || others === 'all') return 'all';
  return new Set([...some, ...others]);
}

/**
 * Stands for all viewers with the same rights, for results that are computed once and sent to many. Records the
 * accounts for which the result would differ.
 */
export class SharedViewer implements Viewer {
  readonly roles: readonly Role[];
  readonly suspended: boolean;
  readonly unconfirmed: boolean;
  /** What the tokens of these viewers permit. */
  readonly token?: TokenGrant;
  readonly #accounts = new Set<string>();
  #areAll = false;

  constructor({ roles, suspended, unconfirmed, token }: ViewerRights) {
    this.roles = roles;
    this.suspended = suspended;
    this.unconfirmed = unconfirmed;
    // No token has this id.
    if (token) this.token = { ...token, id: '0' };
  }

  /** The accounts that need a result of their own; all, once code has read this viewer's identity itself. */
  get exceptions(): Exceptions {
    return this.#areAll ? 'all' : this.#accounts;
  }

  // No account has this key.
  get accountId(): string {
    this.#areAll = true;
    return '0';
  }

  get sessionId(): string {
    this.#areAll = true;
    return '00000000-0000-0000-0000-000000000000';
  }

  get name(): string {
    this.#areAll = true;
    return '';
  }

  except(accountId: string): void {
    this.#accounts.add(accountId);
  }

  exceptAll(): void {
    this.#areAll = true;
  }
}

/** Whether the viewer is that account. */
export function isAccount(viewer: Viewer | null, accountId: string | null): boolean {
  if (viewer === null || accountId === null) return false;
  if (!(viewer instanceof SharedViewer)) return viewer.accountId === accountId;
  viewer.except(accountId);
  return false;
}

/**
 * Whether a result is computed for one viewer alone. Where it is shared, every viewer gets an individual result from
 * then on. For values that change without an event, which would make a shared result stale.
 */
export function isForOne(viewer: Viewer): boolean {
  if (!(viewer instanceof SharedViewer)) return true;
  viewer.exceptAll();
  return false;
}

/** The account whose private data is read along with public data; null for a shared viewer and for the signed-out. */
export function privateAccountOf(viewer: Viewer | null): string | null {
  return viewer === null || viewer instanceof SharedViewer ? null : viewer.accountId;
}

/** Names the rights of a viewer's account, which may change while it is connected. */
export function rightsOf(viewer: Viewer | null): string {
  if (viewer === null) return 'signed-out';
  return `${[...viewer.roles].sort().join()}${viewer.suspended ? '!' : ''}${viewer.unconfirmed ? '?' : ''}`;
}

/** Names what a viewer may see: viewers with equal names see the same, except `exceptions`. */
export function sightOf(viewer: Viewer | null): string {
  const token = viewer?.token;
  if (!token) return rightsOf(viewer);
  const scopes = token.documents ? 'documents' : [...token.scopes].sort().join();
  return `${rightsOf(viewer)} ${token.isService ? 'service' : 'token'}:${scopes}`;
}
