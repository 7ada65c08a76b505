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
  type: string,
  view: EventDeclaration['view'],
  changes: EventDeclaration['changes'] = 'anything',
): EventDeclaration => ({ describe: `A \`${type}\` event.`, view, textLength, changes });

/** The events of comments. */
export const commentEvents = {
  COMMENT_ADDED: declared('CommentAdded', toCommentAdded, 'nothing'),
  COMMENT_EDITED: declared('CommentEdited', viewWithSubject(CommentEdited)),
  COMMENT_UPDATED: declared('CommentUpdated', viewWithSubject(CommentUpdated)),
  COMMENT_REMOVED: declared('CommentRemoved', toCommentRemoved),
  COMMENT_RESTORED: declared('CommentRestored', viewWithSubject(CommentRestored)),
  COMMENT_REACTIONS_CHANGED: declared(
    'CommentReactionsChanged',
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
