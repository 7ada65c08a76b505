import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { decisionById } from './decision.loader.ts';
import { ModerationDecision } from './decision.type.ts';

/** A decision, for moderators; null for all others, and if there is none. */
export async function loadDecision(
  { viewer, loaders }: Context,
  id: string | null,
): Promise<ModerationDecision | null> {
  if (id === null || refusalToModerate(viewer)) return null;
  const row = await loaders.get(decisionById).load(id);
  return row ? ModerationDecision.from(row) : null;
}
