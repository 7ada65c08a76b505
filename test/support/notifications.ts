import { Inbox } from '../../src/inbox/inbox.ts';
import { NotificationWorker } from '../../src/notification/notification-worker.ts';
import { TellService } from '../../src/notification/tell.service.ts';
import type { TestApp } from './app.ts';

/** Tells of everything that has happened so far, as another node would. */
export function tellAll({ app: { db, bus } }: TestApp): Promise<void> {
  const worker = new NotificationWorker({
    db,
    telling: new TellService(db, new Inbox(bus)),
    onAppended: () => () => undefined,
    intervalMs: 1000,
    onError: (error) => {
      throw error;
    },
  });
  return worker.run();
}
