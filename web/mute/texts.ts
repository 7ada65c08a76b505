/** Texts about what the reader is told, and is not. */
import { isolated } from '../../src/platform/text/direction.ts';

export const muteTexts = {
  muteArticle: 'Mute this article',
  unmuteArticle: 'Unmute this article',
  muteThread: 'Mute this thread',
  unmuteThread: 'Unmute this thread',
  muteAuthor: (name: string) => `Mute ${isolated(name)}`,
  unmuteAuthor: (name: string) => `Unmute ${isolated(name)}`,
  hint: 'You are not notified of what is muted. Nobody learns of it.',
  title: 'Notifications',
  mails: 'By mail',
  mailsHint:
    'What you have read here by then is not mailed. Each mail has a link that ends mails of its kind.',
  frequencies: { AT_ONCE: 'At once', DAILY: 'Once a day', NEVER: 'Never' },
  saved: 'Saved.',
  muted: 'Muted',
  nothingMuted: 'You have muted nobody and nothing. The menus of comments and articles have “Mute”.',
  person: 'Person',
  article: 'Article',
  thread: 'Thread',
  threadBy: (name: string | null, title: string) =>
    `${isolated(name ?? 'Somebody')} under “${isolated(title)}”`,
  unmute: 'Unmute',
  unmuteOf: (what: string) => `Unmute ${what}`,
};
