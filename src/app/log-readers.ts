import { accountOfLog, moderationLogKey, siteLog } from '../events/event-cursor.ts';
import { articleLogs, type LogReader } from '../events/log.ts';
import { inboxLogs } from '../inbox/inbox-log.queries.ts';
import { moderationLogs } from '../moderation-log/moderation-log.queries.ts';
import { siteLogs } from '../site-log/site-log.queries.ts';

/** How streams read the log with a key. */
export function logReaderOf(key: string): LogReader {
  if (key === siteLog) return siteLogs;
  if (key === moderationLogKey) return moderationLogs;
  return accountOfLog(key) === undefined ? articleLogs : inboxLogs;
}
