import { accountOfLog, moderationLogKey, siteLog } from '../platform/events/event-cursor.ts';
import { articleLogs, type LogReader } from '../platform/events/log.ts';
import { inboxLogs } from '../features/notifications/inbox/inbox-log.queries.ts';
import { moderationLogs } from '../platform/screening/moderation-log.queries.ts';
import { siteLogs } from '../features/integrations/site-log/site-log.queries.ts';

/** How streams read the log with a key. */
export function logReaderOf(key: string): LogReader {
  if (key === siteLog) return siteLogs;
  if (key === moderationLogKey) return moderationLogs;
  return accountOfLog(key) === undefined ? articleLogs : inboxLogs;
}
