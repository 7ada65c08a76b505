import { encodeGlobalId } from '../../src/platform/graphql/global-id.ts';
import type { NewModerationEvent } from '../../src/platform/screening/moderation-log.ts';
import { ModerationLog } from '../../src/platform/screening/moderation-log.ts';
import type { TestApp, TestUser } from './app.ts';

/** Appends to the log of moderation, in one transaction. */
export const appendModeration = (app: TestApp, ...events: NewModerationEvent[]): Promise<unknown> =>
  app.app.db.transaction((tx) => new ModerationLog(app.app.bus).append(tx, events));

/** A person as who acts. */
export const actorOf = ({ accountId }: Pick<TestUser, 'accountId'>) =>
  ({ kind: 'PERSON', accountId }) as const;

/** The id of an account as moderators see it. */
export const personIdOf = ({ accountId }: Pick<TestUser, 'accountId'>): string =>
  encodeGlobalId('Person', accountId);

/** The state of the log of moderation. */
export async function moderationHead(app: TestApp): Promise<{ sequence: number; pruned: number }> {
  const [row] = await app.app.db.query<{ sequence: number; pruned: number }>(
    'SELECT sequence::int, pruned_sequence::int AS pruned FROM moderation_log',
  );
  if (!row) throw new Error('There is no log of moderation');
  return row;
}
