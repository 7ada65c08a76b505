import { articlesPermissions } from '../features/articles/permissions.ts';
import { commentsPermissions } from '../features/comments/permissions.ts';
import { endorsementsPermissions } from '../features/endorsements/permissions.ts';
import { fundingPermissions } from '../features/funding/permissions.ts';
import { integrationsPermissions } from '../features/integrations/permissions.ts';
import { moderationPermissions } from '../features/moderation/permissions.ts';
import { notificationsPermissions } from '../features/notifications/permissions.ts';
import { peoplePermissions } from '../features/people/permissions.ts';
import { screeningPermissions } from '../features/screening/permissions.ts';
import type { Permissions } from './declaration.ts';
import { platformPermissions } from './platform.ts';
import type { Kind } from './rules.ts';

const declared = [
  peoplePermissions,
  articlesPermissions,
  notificationsPermissions,
  screeningPermissions,
  endorsementsPermissions,
  commentsPermissions,
  fundingPermissions,
  integrationsPermissions,
  moderationPermissions,
] as const;

export type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;
/** Every mutation that has permissions. */
export type DeclaredMutation = KeyOfAny<(typeof declared)[number]['mutations']>;
type Read = 'Article' | 'Byline' | KeyOfAny<(typeof declared)[number]['world']['things']>;
type AllDeclared = [Exclude<Kind, Read>] extends [never] ? readonly Permissions[] : never;

const ofFeatures: AllDeclared = declared;

/**
 * The permissions of all elements of the schema, in the order of `docs/permissions.md`. Does not compile while a kind of
 * things is read by no feature.
 */
export const permissions: readonly Permissions[] = [platformPermissions(ofFeatures), ...ofFeatures];
