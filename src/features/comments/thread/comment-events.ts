import { viewWithSubject, withSubject } from '../../articles/article/article-event.type.ts';
import { articleLog } from '../../../platform/events/log.ts';
import type { LogEvent } from '../../../platform/events/event.ts';
import type { EventDeclaration, EventDeclarations } from '../../../platform/graphql/article-events.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import {
  CommentAdded,
  CommentEdited,
  CommentReactionsChanged,
  CommentRemoved,
  CommentRestored,
  CommentUpdated,
} from './comment-event.type.ts';
import { commentByKey } from './comment.loader.ts';

declare module '../../../platform/events/event.ts' {
  interface EventKinds {
    readonly COMMENT_ADDED: OfSubject;
    readonly COMMENT_EDITED: OfSubject;
    readonly COMMENT_UPDATED: OfSubject;
    /** `vanished`: the comment left no tombstone. */
    readonly COMMENT_REMOVED: OfSubject<{ readonly vanished: true } | null>;
    readonly COMMENT_RESTORED: OfSubject;
    readonly COMMENT_REACTIONS_CHANGED: OfSubject;
  }
}

declare module '../../../platform/events/log.ts' {
  interface Counters {
    readonly commentCount: number;
    /** Comments that are shown: published ones and tombstones. */
    readonly listedCount: number;
    readonly listedRootCount: number;
  }
}

async function textLength({ log, subjectId: id }: LogEvent, context: Context): Promise<number> {
  if (id === null) return 0;
  const row = await context.loaders.get(commentByKey).load({ articleId: articleLog.ownerOf(log), id });
  return row ? Math.max(row.bodyHtml.length, row.bodyText.length) : 0;
}

export const toCommentAdded = (event: LogEvent, epoch: string): CommentAdded =>
  Object.assign(new CommentAdded(), withSubject(event, epoch), { idempotencyKey: event.idempotencyKey });

function toCommentRemoved(event: LogEvent, epoch: string): CommentRemoved {
  const base = withSubject(event, epoch);
  return Object.assign(new CommentRemoved(), base, {
    vanishedCommentId:
      event.detail === null ? null : encodeGlobalId('Comment', base.articleId, base.subjectId),
  });
}

const declared = (
  react: string,
  view: EventDeclaration['view'],
  changes: EventDeclaration['changes'] = 'anything',
): EventDeclaration => ({ react, view, textLength, changes });

/** The events of comments. */
export const commentEvents = {
  COMMENT_ADDED: declared(
    'Insert `comment` among the loaded comments by its `threadPosition`: byte order is reading order. In a replay the comment may have vanished since (`status` is `REMOVED`): leave it out.',
    toCommentAdded,
    'nothing',
  ),
  COMMENT_EDITED: declared('Show the new text (`revision` grows).', viewWithSubject(CommentEdited)),
  COMMENT_UPDATED: declared(
    'Another field of the comment changed: for example, its author’s name was erased.',
    viewWithSubject(CommentUpdated),
  ),
  COMMENT_REMOVED: declared(
    'If `vanishedCommentId` is set, take that comment out. If it is null, the comment has become a tombstone (`bodyHtml` and `author` are null), or has been restored since: show it by its `status`.',
    toCommentRemoved,
  ),
  COMMENT_RESTORED: declared(
    'Show the comment again; you may not have loaded it.',
    viewWithSubject(CommentRestored),
  ),
  COMMENT_REACTIONS_CHANGED: declared(
    'Show the new counts.',
    viewWithSubject(CommentReactionsChanged),
    'subject',
  ),
} satisfies EventDeclarations;

const countOf = (condition: string): string =>
  `(SELECT count(*)::int FROM comment c WHERE c.article_id = k.article_id AND ${condition})`;

export const commentCounters = {
  commentCount: { recount: countOf(`c.status = 'PUBLISHED'`) },
  listedCount: { recount: countOf('c.listed') },
  listedRootCount: { recount: countOf('c.listed AND c.depth = 0') },
};
