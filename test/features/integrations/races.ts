import { notRaced, type Races } from '../../support/races/declaration.ts';

export const integrationsRaces = {
  mutations: notRaced(
    'Administrators set up endpoints; their deliveries read what the writers append, and lock none of it.',
    'createWebhook',
    'updateWebhook',
    'rotateWebhookSecret',
    'keepWebhook',
    'deleteWebhook',
    'redeliverWebhook',
    'testWebhook',
  ),
  acts: {},
} satisfies Races;
