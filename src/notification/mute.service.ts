import type { Viewer } from '../auth/viewer.ts';
import { selectPublicAuthors } from '../comment/comment.queries.ts';
import type { Database } from '../db/database.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import { deleteMute, insertMute, lockMuter, maxMutes } from '../inbox/mute.queries.ts';

/** Commands of an account on the people of whom it is told nothing. Each may be repeated. */
export class MuteService {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Mutes the author of a public comment. */
  mute({ accountId }: Viewer, mutedAccountId: string): Promise<Result<string>> {
    return refusable(() =>
      this.#db.transactionFor({ client: `account:${accountId}` }, async (tx) => {
        if (mutedAccountId === accountId)
          throw new Refusal('INVALID_INPUT', ['authorId'], 'Nobody is told of their own acts.');
        await lockMuter(tx, accountId);
        const [author] = await selectPublicAuthors(tx, [mutedAccountId]);
        if (!author) throw new Refusal('NOT_FOUND', ['authorId']);
        if (await insertMute(tx, accountId, mutedAccountId)) return accountId;
        throw new Refusal('LIMIT_REACHED', undefined, `An account mutes ${maxMutes} people at most.`);
      }),
    );
  }

  unmute({ accountId }: Viewer, mutedAccountId: string): Promise<Result<string>> {
    return refusable(() =>
      this.#db.transactionFor({ client: `account:${accountId}` }, async (tx) => {
        await deleteMute(tx, accountId, mutedAccountId);
        return accountId;
      }),
    );
  }
}
