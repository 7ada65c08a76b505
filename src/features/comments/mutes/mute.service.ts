import { scopeOf } from '../../people/account/account-scope.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { selectPublicAuthors } from '../thread/comment.queries.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import {
  deleteDiscussionMute,
  insertDiscussionMute,
  maxDiscussionMutes,
  type MutedDiscussion,
  wholeArticle,
} from './discussion-mute.queries.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import { deleteMute, insertMute, maxMutes } from './mute.queries.ts';
import { isDiscussionVisible } from './mute-target.queries.ts';

/** Commands of an account on the people, articles and threads of which it is told nothing. Each may be repeated. */
export class MuteService {
  constructor(
    private readonly db: Database,
    private readonly inbox: Inbox,
  ) {}

  /** Mutes the author of a public comment. */
  mute(viewer: Viewer, mutedAccountId: string): Promise<Result<void>> {
    return this.#change(viewer, async (tx, accountId) => {
      if (mutedAccountId === accountId)
        throw new Refusal('INVALID_INPUT', ['authorId'], 'Nobody is told of their own acts.');
      const [author] = await selectPublicAuthors(tx, [mutedAccountId]);
      if (!author) throw new Refusal('NOT_FOUND', ['authorId']);
      if (!(await insertMute(tx, accountId, mutedAccountId)))
        throw new Refusal('LIMIT_REACHED', undefined, `An account mutes ${maxMutes} people at most.`);
    });
  }

  unmute(viewer: Viewer, mutedAccountId: string): Promise<Result<void>> {
    return this.#change(viewer, (tx, accountId) => deleteMute(tx, accountId, mutedAccountId));
  }

  /** Mutes what is said under an article, or a comment with everything below it. */
  muteDiscussion(viewer: Viewer, discussion: MutedDiscussion): Promise<Result<void>> {
    return this.#change(viewer, async (tx, accountId) => {
      const field = discussion.commentId === wholeArticle ? 'articleId' : 'commentId';
      if (!(await isDiscussionVisible(tx, viewer, discussion))) throw new Refusal('NOT_FOUND', [field]);
      if (!(await insertDiscussionMute(tx, accountId, discussion)))
        throw new Refusal(
          'LIMIT_REACHED',
          undefined,
          `An account mutes ${maxDiscussionMutes} articles and threads at most.`,
        );
    });
  }

  unmuteDiscussion(viewer: Viewer, discussion: MutedDiscussion): Promise<Result<void>> {
    return this.#change(viewer, (tx, accountId) => deleteDiscussionMute(tx, accountId, discussion));
  }

  /** The account is locked, so that its mutes are counted one at a time. */
  #change(viewer: Viewer, work: (tx: Tx, accountId: string) => Promise<void>): Promise<Result<void>> {
    const { accountId } = viewer;
    return refusable(() =>
      this.db.transactionFor(scopeOf(viewer), async (tx) => {
        await work(tx, accountId);
        this.inbox.announce(tx, accountId);
      }),
    );
  }
}
