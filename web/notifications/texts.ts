/** Texts of the page of notifications. */
import { isolated } from '../../src/platform/text/direction.ts';

export const notificationTexts = {
  title: 'Notifications',
  replies: 'Replies and comments',
  noReplies: 'Nobody has answered you yet.',
  others: 'Other news',
  noOthers: 'There is no other news.',
  more: 'Earlier ones',
  isNew: 'New',
  somebody: 'Somebody',
  on: (title: string) => `“${isolated(title)}”`,
};
