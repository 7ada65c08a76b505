import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import type {
  NotificationDeclaration,
  NotificationDeclarations,
  ShownRow,
} from '../../../platform/feature/notification.ts';
import { visibleArticleSql } from '../../articles/article/article.queries.ts';

/** SQL for whether the owner of the notification `x` has muted neither who has said it nor where it was said. Nobody mutes themselves. */
const notMuted = ({ saidBy, inThread }: ShownRow): string =>
  saidBy === undefined
    ? ''
    : ` AND NOT EXISTS (SELECT FROM mute m WHERE m.account_id = x.account_id AND m.muted_account_id = ${saidBy})
        AND NOT EXISTS (SELECT FROM discussion_mute d WHERE d.account_id = x.account_id AND d.article_id = x.article_id
          AND (d.comment_id = 0${inThread ? ` OR ${inThread('d.comment_id')}` : ''}))`;

const isShown = (row: ShownRow | undefined): string =>
  row ? `EXISTS (SELECT FROM ${row.from} WHERE ${row.where} AND ${row.if}${notMuted(row)})` : 'true';

/** The branches of a CASE for some kinds; kinds of which the same is required share one. */
function branches(kinds: readonly (readonly [string, NotificationDeclaration])[]): string {
  const bySql = new Map<string, string[]>();
  for (const [kind, { shown }] of kinds) {
    const sql = isShown(shown);
    bySql.set(sql, [...(bySql.get(sql) ?? []), `'${kind}'`]);
  }
  return [...bySql].map(([sql, names]) => `WHEN x.kind IN (${names.join(', ')}) THEN ${sql}`).join('\n');
}

/**
 * SQL for whether a notification `x` is shown: what it tells of is there, the viewer may see it, and has not muted its
 * author, nor the discussion in which it was said. What was removed, withdrawn, repaired or decided otherwise since is
 * neither listed nor counted, and neither is a kind that this node does not know.
 * @param viewer null: whoever has no rights beyond a reader's
 */
export function shownSql(
  declared: NotificationDeclarations,
  viewer: Viewer | null,
  parameters: Parameters,
): string {
  const kinds = Object.entries(declared);
  return `CASE
    ${branches(kinds.filter(([, { about }]) => about !== 'ARTICLE'))}
    WHEN NOT EXISTS (SELECT FROM article a WHERE a.id = x.article_id AND ${visibleArticleSql('a', viewer, parameters)})
      THEN false
    ${branches(kinds.filter(([, { about }]) => about === 'ARTICLE'))}
    ELSE false END`;
}
