import { notRaced, type Races } from '../../support/races/declaration.ts';

export const notificationsRaces = {
  mutations: notRaced(
    'The account alone sees and changes its inbox.',
    'markNotificationsRead',
    'setMailPreferences',
  ),
  acts: {},
} satisfies Races;
