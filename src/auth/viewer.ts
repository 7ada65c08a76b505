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

/** Whether somebody has at least one of these roles. Nobody signed in has none. */
export function hasRole(viewer: Pick<Viewer, 'roles'> | null, ...wanted: readonly Role[]): boolean {
  return viewer !== null && wanted.some((role) => viewer.roles.includes(role));
}

/** Moderators see and remove what others wrote; editors and administrators are moderators too. */
export function isModerator(viewer: Pick<Viewer, 'roles'> | null): boolean {
  return hasRole(viewer, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR');
}
