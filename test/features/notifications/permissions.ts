import { alike, nothingInTheWorld, shownTo, type Permissions } from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';

export const notificationsPermissions = {
  queries: {},
  mutations: {
    ...alike(
      { gates: is.accounts, kind: 'PERSONAL', tried: 'test/features/notifications' },
      {
        markNotificationsRead: { input: () => ({ upTo: 0 }) },
        setMailPreferences: { input: () => ({ preferences: [] }) },
      },
    ),
  },
  subscriptions: {
    viewerEvents: { gates: is.accounts, needs: ['READ'], tried: 'test/features/notifications' },
  },
  types: {
    MailPreference: 'the account itself, signed in',
    Notification: 'the account that it is for; what it leads to as long as that account may see it',
    NotificationAdded:
      'the account whose inbox it is; the notification as that is shown when the event is sent',
    ...shownTo('the account whose inbox it is', 'ViewerEvent', 'ViewerCheckpoint', 'ViewerReset'),
  },
  fields: {},
  privateScopes: {
    'Viewer.mailPreferences': [],
  },
  predictions: {},
  world: nothingInTheWorld,
} satisfies Permissions;
