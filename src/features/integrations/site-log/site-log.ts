import { z } from 'zod';
import type { LogEvent } from '../../../platform/events/event.ts';
import { NumberedLog } from '../../../platform/events/numbered-log.ts';

/** The log of the whole site. Its events say of which event of which article they are copies. */
export const siteLog = new NumberedLog({
  prefix: 's',
  events: 'site_event',
  heads: 'site_log',
  fields: {
    detail: `json_build_object('log', x.article_id::text, 'sequence', x.article_sequence, 'publishes', x.publishes,
    'detail', x.detail)`,
  },
  age: 'added_at',
  maxRenderingMs: 200,
  groupsPerOwn: 50,
});

const detailSchema = z.object({
  log: z.string(),
  sequence: z.number(),
  publishes: z.boolean(),
  detail: z.unknown(),
});

/** An event as its article's log has it, and whether it made the article public. */
export function originOf(event: LogEvent): { readonly original: LogEvent; readonly publishes: boolean } {
  const { publishes, ...origin } = detailSchema.parse(event.detail);
  return { original: { ...event, ...origin }, publishes };
}
