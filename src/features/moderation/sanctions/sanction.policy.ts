import {
  hasRole,
  isModerator,
  refusalToModerate,
  type Role,
  type Viewer,
} from '../../../platform/auth/viewer.ts';
import type { SanctionKind } from '../../people/account/sanction.queries.ts';
import type { ModerationDecisionKind } from '../../../platform/screening/moderation-decision.entity.ts';

/** An account that somebody decides about. */
export interface PersonFacts {
  readonly id: string;
  readonly roles: readonly Role[];
}

/**
 * The reason why a viewer may not sanction an account; undefined if they may. Nobody sanctions themselves, and only
 * administrators sanction those who have the rights of a moderator, themselves and not by a token: what gives staff their rights back, or
 * takes them, is for people alone.
 */
export function refusalToSanction(
  viewer: Viewer | null,
  person: PersonFacts,
): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  const refusal = refusalToModerate(viewer);
  if (refusal) return refusal;
  if (!viewer || viewer.accountId === person.id) return 'FORBIDDEN';
  if (!isModerator(person)) return undefined;
  return hasRole(viewer, 'ADMINISTRATOR') && viewer.token === undefined ? undefined : 'FORBIDDEN';
}

/** The reason why a viewer may not give and take roles; undefined if they may. No token does. */
export function refusalToChangeRoles(viewer: Viewer | null): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!hasRole(viewer, 'ADMINISTRATOR') || viewer?.token) return 'FORBIDDEN';
  return viewer?.suspended ? 'ACCOUNT_SUSPENDED' : undefined;
}

/** The sanction that decisions of a kind begin or end. */
export const sanctionOfDecision: Partial<
  Record<ModerationDecisionKind, { readonly kind: SanctionKind; readonly begins: boolean }>
> = {
  SUSPENDED: { kind: 'SUSPENSION', begins: true },
  BANNED: { kind: 'SUSPENSION', begins: true },
  PREMODERATED: { kind: 'PREMODERATION', begins: true },
  SUSPENSION_LIFTED: { kind: 'SUSPENSION', begins: false },
  PREMODERATION_LIFTED: { kind: 'PREMODERATION', begins: false },
};

/** The kinds of decisions that begin or end a kind of sanction. */
export const decisionsAbout = (kind: SanctionKind): ModerationDecisionKind[] =>
  (Object.keys(sanctionOfDecision) as ModerationDecisionKind[]).filter(
    (decision) => sanctionOfDecision[decision]?.kind === kind,
  );

/** The longest sanction with an end, in years; one without an end is for good. */
export const maxSanctionYears = 10;

/** Whether a sanction may end at a time. */
export function isSanctionEnd(until: Date, now: Date): boolean {
  const latest = new Date(now);
  latest.setUTCFullYear(now.getUTCFullYear() + maxSanctionYears);
  return until > now && until <= latest;
}
