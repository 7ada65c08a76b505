import { articlesRaces } from '../../features/articles/races.ts';
import { commentsRaces } from '../../features/comments/races.ts';
import { endorsementsRaces } from '../../features/endorsements/races.ts';
import { fundingRaces } from '../../features/funding/races.ts';
import { integrationsRaces } from '../../features/integrations/races.ts';
import { moderationRaces } from '../../features/moderation/races.ts';
import { notificationsRaces } from '../../features/notifications/races.ts';
import { peopleRaces } from '../../features/people/races.ts';
import { screeningRaces } from '../../features/screening/races.ts';
import type { DeclaredMutation, KeyOfAny } from '../../permissions/all.ts';
import type { Race, Races } from './declaration.ts';

const declared = [
  peopleRaces,
  articlesRaces,
  notificationsRaces,
  screeningRaces,
  endorsementsRaces,
  commentsRaces,
  fundingRaces,
  integrationsRaces,
  moderationRaces,
] as const;

type Declared = KeyOfAny<(typeof declared)[number]['mutations']>;
type AllDeclared = [Exclude<DeclaredMutation, Declared>] extends [never] ? readonly Races[] : never;

/** The races of all features. Does not compile while a mutation that has permissions is declared by no feature. */
export const races: AllDeclared = declared;

/** The mutations that writers send. */
export const raced: Readonly<Record<string, Race>> = Object.fromEntries(
  races.flatMap(({ mutations }) =>
    Object.entries(mutations).flatMap(([name, race]) => (typeof race === 'string' ? [] : [[name, race]])),
  ),
);
