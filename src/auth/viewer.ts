/** What an account may do beyond reading and writing under its own name. */
export const roles = ['READER', 'JOURNALIST', 'MODERATOR', 'EDITOR', 'ADMINISTRATOR'] as const;
export type Role = (typeof roles)[number];

/** Whoever makes this request, signed in with a live session. */
export interface Viewer {
  readonly accountId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly suspended: boolean;
}

/** Name under which the work that is done for an account is counted, in budgets and in shares of the database. */
export const clientOf = ({ accountId }: Pick<Viewer, 'accountId'>): string => `account:${accountId}`;

/** Whether somebody has at least one of these roles. Nobody signed in has none. */
export function hasRole(viewer: Pick<Viewer, 'roles'> | null, ...wanted: readonly Role[]): boolean {
  return viewer !== null && wanted.some((role) => viewer.roles.includes(role));
}

/** Moderators see and remove what others wrote; editors and administrators are moderators too. */
export function isModerator(viewer: Pick<Viewer, 'roles'> | null): boolean {
  return hasRole(viewer, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR');
}

/**
 * Everybody with the same rights at once, whoever they are: for answers that are made once and sent to many. It is nobody
 * in particular, and takes note of those for whom the answer would be another one.
 */
export class SharedViewer implements Viewer {
  readonly roles: readonly Role[];
  readonly suspended: boolean;
  readonly #exceptions = new Set<string>();
  #concernsAll = false;

  constructor({ roles, suspended }: Pick<Viewer, 'roles' | 'suspended'>) {
    this.roles = roles;
    this.suspended = suspended;
  }

  /** The accounts that need an answer of their own. */
  get exceptions(): ReadonlySet<string> {
    return this.#exceptions;
  }

  /** Whether everybody needs one: something asked who exactly this is, and not through `isAccount`. */
  get concernsAll(): boolean {
    return this.#concernsAll;
  }

  // No account has this key.
  get accountId(): string {
    this.#concernsAll = true;
    return '0';
  }

  get sessionId(): string {
    this.#concernsAll = true;
    return '00000000-0000-0000-0000-000000000000';
  }

  get name(): string {
    this.#concernsAll = true;
    return '';
  }

  except(accountId: string): void {
    this.#exceptions.add(accountId);
  }

  exceptAll(): void {
    this.#concernsAll = true;
  }
}

/** Whether a viewer is that account. */
export function isAccount(viewer: Viewer | null, accountId: string | null): boolean {
  if (viewer === null || accountId === null) return false;
  if (!(viewer instanceof SharedViewer)) return viewer.accountId === accountId;
  viewer.except(accountId);
  return false;
}

/**
 * Whether an answer is for one viewer alone. Where it is for many, each of them gets one of their own from then on: for
 * what changes without an event, so that an answer that was kept would be too old.
 */
export function isForOne(viewer: Viewer): boolean {
  if (!(viewer instanceof SharedViewer)) return true;
  viewer.exceptAll();
  return false;
}

/** The account whose private matters are read along with what all may read; nobody's for many viewers at once. */
export function privateAccountOf(viewer: Viewer | null): string | null {
  return viewer === null || viewer instanceof SharedViewer ? null : viewer.accountId;
}

/** Names the class of rights that a viewer is in: within one, only `exceptions` see different things. */
export function rightsOf(viewer: Viewer | null): string {
  return viewer === null ? 'signed-out' : `${[...viewer.roles].sort().join()}${viewer.suspended ? '!' : ''}`;
}
