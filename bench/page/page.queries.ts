import type { Client } from 'pg';
import { publicUrl } from '../../harness/processes/service.ts';

/** SQL for base64url of an ASCII text: ids and cursors. */
export const base64url = (text: string): string =>
  `translate(encode(convert_to(${text}, 'UTF8'), 'base64'), E'+/=\\n', '-_')`;

const instant = (column: string): string =>
  `to_char((${column}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const partial = (column: string, precision: string): string =>
  `left(${instant(column)}, CASE ${precision} WHEN 'YEAR' THEN 4 WHEN 'MONTH' THEN 7 WHEN 'DAY' THEN 10 ELSE 24 END)`;

/** The digits of base64 in their order, and those of `threadPosition`, which sort like the bytes. */
export const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
export const orderedDigits = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** Eight bytes preceded by a NUL byte give twelve digits, of which the first is always the same. */
const positionElement = (from: number): string =>
  `translate(substr(encode('\\x00'::bytea || substr(c.path, ${from}, 8), 'base64'), 2), '${base64Digits}', '${orderedDigits}')`;

/** SQL for the live cursor of the article `a` with its counters `n`; `l` is the log. */
export const liveCursor = base64url(`'events|' || l.epoch || '|' || a.id || '|' || n.sequence || '.'`);

/** SQL for whether the viewer `v` may comment on the article `a`. */
const canComment = `v.id IS NOT NULL AND NOT v.suspended AND a.comment_policy <> 'CLOSED'`;

const viewerComment = `,
  'viewerCanReply', ${canComment} AND c.status = 'PUBLISHED' AND c.depth < 100,
  'viewerCanEdit', m.may_edit,
  'viewerCanRemove', c.status <> 'REMOVED' AND NOT v.suspended AND (c.account_id IS NOT DISTINCT FROM v.id
    OR v.roles && ARRAY['MODERATOR', 'ADMINISTRATOR']),
  'viewerEditableUntil', CASE WHEN m.may_edit THEN ${instant("c.created_at + interval '900 s'")} END,
  'viewerBodyMarkdown', CASE WHEN m.may_edit THEN c.body_markdown END`;

const mayEdit = `CROSS JOIN LATERAL (SELECT c.account_id IS NOT DISTINCT FROM v.id AND NOT v.suspended
    AND c.status NOT IN ('REMOVED', 'REJECTED') AND now() < c.created_at + interval '900 s' AS may_edit) m`;

/** The value of one comment: `c` with its counters `k` and author `u`, who may be the journalist `uj`. */
export function commentJson(position: string, forViewer: boolean, more: string): string {
  const shown = (value: string) => `CASE WHEN c.status <> 'REMOVED' THEN ${value} END`;
  return `json_build_object(
  'id', ${base64url(`'Comment:' || c.article_id || ':' || c.id`)},
  'depth', c.depth,
  'threadPosition', ${position},
  'author', CASE WHEN c.status <> 'REMOVED' AND coalesce(u.name, c.author_name) IS NOT NULL THEN json_build_object(
    'id', CASE WHEN u.id IS NOT NULL THEN ${base64url(`'CommentAuthor:' || u.id`)}
      ELSE ${base64url(`'CommentAuthor:' || c.article_id || ':' || c.id`)} END,
    'name', coalesce(u.name, c.author_name), 'avatarUrl', u.avatar_url) END,
  'authorBadges', array_remove(ARRAY[
    CASE WHEN uj.id IS NOT NULL THEN 'JOURNALIST' END,
    CASE WHEN uj.id = a.journalist_id THEN 'ARTICLE_AUTHOR' END,
    CASE WHEN u.roles && ARRAY['MODERATOR', 'ADMINISTRATOR'] THEN 'MODERATOR' END], NULL),
  'bodyHtml', ${shown('c.body_html')},
  'status', c.status,
  'revision', CASE WHEN c.status = 'REMOVED' THEN 1 ELSE c.revision END,
  'createdAt', ${partial('c.created_at', 'c.created_precision')},
  'editedAt', ${shown(instant('c.edited_at'))},
  'replyCount', k.reply_count,
  'permalink', '${publicUrl}/articles/' || a.slug || '#comment-'
    || ${base64url(`'Comment:' || c.article_id || ':' || c.id`)}${forViewer ? viewerComment : ''}${more})`;
}

/** The joins that `commentJson` needs beside `comment c`. */
export const commentJoins = (forViewer: boolean): string => `
    JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
    LEFT JOIN account u ON u.id = c.account_id
    LEFT JOIN journalist uj ON uj.account_id = c.account_id
    ${forViewer ? mayEdit : ''}`;

/** JSON of a connection: an edge for each row of the FROM clause that follows, in the order of `n`. */
const connection = (more: string, hasNextPage: string): string => `json_build_object(${more}
    'edges', coalesce(json_agg(json_build_object('cursor', x.cursor, 'node', x.node) ORDER BY x.n), '[]'),
    'pageInfo', json_build_object('hasNextPage', ${hasNextPage}, 'endCursor', (array_agg(x.cursor ORDER BY x.n DESC))[1]))`;

const repliesJson = (forViewer: boolean): string => `(
  SELECT ${connection(`'totalCount', k1.listed_reply_count,`, 'k1.listed_reply_count > 3')} FROM (
    SELECT row_number() OVER (ORDER BY c.ordinal) AS n,
      ${base64url(`'comments:' || a.id || ':' || c1.id || ':replies:OLDEST|' || c.ordinal || '.'`)} AS cursor,
      ${commentJson(`${positionElement(1)} || ${positionElement(9)}`, forViewer, '')} AS node
    FROM (SELECT * FROM comment r WHERE r.article_id = a.id AND r.parent_id = c1.id AND r.listed
      ORDER BY r.ordinal LIMIT 3) c ${commentJoins(forViewer)}
  ) x)`;

const commentsJson = (forViewer: boolean): string => `(
  SELECT ${connection(`'totalCount', n.listed_root_count,`, 'n.listed_root_count > 20')} FROM (
    SELECT row_number() OVER (ORDER BY c.ordinal DESC) AS n,
      ${base64url(`'comments:' || a.id || '::roots:NEWEST|' || c.ordinal || '.'`)} AS cursor,
      ${commentJson(positionElement(1), forViewer, `,\n  'replies', r.replies`)} AS node
    FROM (SELECT * FROM comment r WHERE r.article_id = a.id AND r.depth = 0 AND r.listed
      ORDER BY r.ordinal DESC LIMIT 20) c ${commentJoins(forViewer)}
    CROSS JOIN LATERAL (SELECT c.id) c1
    CROSS JOIN LATERAL (SELECT k.listed_reply_count) k1
    CROSS JOIN LATERAL (SELECT ${repliesJson(forViewer)} AS replies) r
  ) x)`;

const endorsementsJson = `(
  SELECT ${connection('', 'n.endorsement_count > 10')} FROM (
    SELECT row_number() OVER (ORDER BY e.ordinal DESC) AS n,
      ${base64url(`'endorsements:' || a.id || ':all|' || e.ordinal || '.'`)} AS cursor,
      json_build_object(
        'id', ${base64url(`'Endorsement:' || e.article_id || ':' || e.id`)},
        'displayName', e.display_name, 'affiliation', e.affiliation, 'statement', e.statement, 'featured', e.featured,
        'createdAt', ${partial('e.created_at', 'e.created_precision')}) AS node
    FROM (SELECT * FROM endorsement WHERE article_id = a.id AND listed ORDER BY ordinal DESC LIMIT 10) e
  ) x)`;

const viewerArticle = `,
  'viewerEndorsement', ve.value,
  'viewerCanComment', ${canComment},
  'viewerCanEndorse', NOT v.suspended AND ve.value IS NULL,
  'viewerCanEdit', NOT v.suspended AND (j.account_id IS NOT DISTINCT FROM v.id
    OR v.roles && ARRAY['EDITOR', 'ADMINISTRATOR']),
  'viewerContactAddresses', t.contact_addresses`;

const viewerJoins = `
JOIN session s ON s.id = $2 AND s.revoked_at IS NULL
JOIN LATERAL (SELECT id, roles, suspended_at IS NOT NULL AS suspended FROM account
  WHERE id = $3 AND id = s.account_id) v ON true
LEFT JOIN LATERAL (SELECT json_build_object('id', ${base64url(`'Endorsement:' || e.article_id || ':' || e.id`)},
    'displayName', e.display_name) AS value FROM endorsement e
  WHERE e.article_id = a.id AND e.identity = 'account:' || v.id AND e.withdrawn_at IS NULL) ve ON true`;

/**
 * The article page as one statement, written by hand for this page: no limits, no masking of names, no directions of texts, no other cursors,
 * and readers as the only viewers. `$1` is the slug; for a viewer `$2` is the session and `$3` the account. One row
 * with the body of the answer; none where the service would answer null.
 */
export function pageStatement(forViewer: boolean): string {
  return `SELECT json_build_object('data', json_build_object('article', json_build_object(
  'id', ${base64url(`'Article:' || a.id`)},
  'slug', a.slug, 'title', a.title, 'standfirst', a.standfirst, 'bodyHtml', t.body_html,
  'publishedAt', ${partial('a.published_at', 'a.published_precision')},
  'updatedAt', ${instant('a.updated_at')},
  'canonicalUrl', a.canonical_url,
  'permalink', '${publicUrl}/articles/' || a.slug,
  'author', json_build_object('id', ${base64url(`'Journalist:' || j.id`)}, 'slug', j.slug, 'name', j.name,
    'location', j.location, 'photoUrl', j.photo_url, 'bioHtml', j.bio_html,
    'permalink', '${publicUrl}/journalists/' || j.slug),
  'signatures', (SELECT coalesce(json_agg(json_build_object('name', name, 'role', role, 'organisation', organisation)
    ORDER BY position), '[]') FROM signature WHERE article_id = a.id),
  'tags', (SELECT coalesce(json_agg(json_build_object('id', ${base64url(`'Tag:' || tag.id`)}, 'name', tag.name)
    ORDER BY at.position), '[]') FROM article_tag at JOIN tag ON tag.id = at.tag_id WHERE at.article_id = a.id),
  'endorsementCount', n.endorsement_count,
  'endorsements', ${endorsementsJson},
  'commentPolicy', a.comment_policy,
  'commentCount', n.comment_count,
  'liveCursor', ${liveCursor},
  'lastEventAt', ${instant('n.last_event_at')},
  'comments', ${commentsJson(forViewer)}${forViewer ? viewerArticle : ''}
)))::text AS body
FROM article a
JOIN article_counter n ON n.article_id = a.id
JOIN article_text t ON t.article_id = a.id
JOIN journalist j ON j.id = a.journalist_id
CROSS JOIN event_log l${forViewer ? viewerJoins : ''}
WHERE a.slug = $1 AND a.status = 'PUBLISHED'`;
}

export interface FullPage {
  readonly id: string;
  readonly slug: string;
}

/** Articles with a full page: ten endorsements, twenty comments, three replies to each of them. */
export async function selectFullPages(client: Client, limit: number): Promise<FullPage[]> {
  const { rows } = await client.query<FullPage>(
    `SELECT a.id::text AS id, a.slug FROM article a JOIN article_counter n ON n.article_id = a.id
     CROSS JOIN LATERAL (SELECT count(*) AS full_threads FROM (SELECT id FROM comment
       WHERE article_id = a.id AND depth = 0 AND listed ORDER BY ordinal DESC LIMIT 20) c
       JOIN comment_counter k ON k.article_id = a.id AND k.comment_id = c.id WHERE k.listed_reply_count >= 3) t
     WHERE n.endorsement_count >= 10 AND t.full_threads = 20 ORDER BY n.comment_count DESC, a.id LIMIT $1`,
    [limit],
  );
  return rows;
}
