import type { Viewer } from '../auth/viewer.ts';
import { selectPublicAuthors } from '../comment/comment.queries.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import {
  deleteDiscussionMute,
  insertDiscussionMute,
  maxDiscussionMutes,
  type MutedDiscussion,
  wholeArticle,
} from '../inbox/discussion-mute.queries.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { deleteMute, insertMute, lockMuter, maxMutes } from '../inbox/mute.queries.ts';
import { isDiscussionVisible } from './mute-target.queries.ts';

/** Commands of an account on the people, articles and threads of which it is told nothing. Each may be repeated. */
export class MuteService {
  readonly #db: Database;
  readonly #inbox: Inbox;

  constructor(db: Database, inbox: Inbox) {
    this.#db = db;
    this.#inbox = inbox;
  }

  /** Mutes the author of a public comment. */
  mute({ accountId }: Viewer, mutedAccountId: string): Promise<Result<string>> {
    return this.#change(accountId, async (tx) => {
      if (mutedAccountId === accountId)
        throw new Refusal('INVALID_INPUT', ['authorId'], 'Nobody is told of their own acts.');
      await lockMuter(tx, accountId);
      const [author] = await selectPublicAuthors(tx, [mutedAccountId]);
      if (!author) throw new Refusal('NOT_FOUND', ['authorId']);
      if (!(await insertMute(tx, accountId, mutedAccountId)))
        throw new Refusal('LIMIT_REACHED', undefined, `An account mutes ${maxMutes} people at most.`);
    });
  }

  unmute({ accountId }: Viewer, mutedAccountId: string): Promise<Result<string>> {
    return this.#change(accountId, (tx) => deleteMute(tx, accountId, mutedAccountId));
  }

  /** Mutes what is said under an article, or a comment with everything below it. */
  muteDiscussion(viewer: Viewer, discussion: MutedDiscussion): Promise<Result<string>> {
    const { accountId } = viewer;
    return this.#change(accountId, async (tx) => {
      await lockMuter(tx, accountId);
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

  unmuteDiscussion({ accountId }: Viewer, discussion: MutedDiscussion): Promise<Result<string>> {
    return this.#change(accountId, (tx) => deleteDiscussionMute(tx, accountId, discussion));
  }

  #change(accountId: string, work: (tx: Tx) => Promise<void>): Promise<Result<string>> {
    return refusable(() =>
      this.#db.transactionFor({ client: `account:${accountId}` }, async (tx) => {
        await work(tx);
        this.#inbox.announce(tx, accountId);
        return accountId;
      }),
    );
  }
}
