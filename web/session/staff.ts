import type { Role } from '../graphql/generated/graphql.ts';

const staffRoles: readonly Role[] = ['MODERATOR', 'EDITOR', 'ADMINISTRATOR'];

/** Whether somebody with these roles moderates. */
export const isStaff = (roles: readonly Role[]): boolean => roles.some((role) => staffRoles.includes(role));
