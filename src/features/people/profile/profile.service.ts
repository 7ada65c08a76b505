import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database } from '../../../platform/db/database.ts';
import { refusable, type Result } from '../../../platform/errors/errors.ts';
import { updateListsComments } from '../account/account.queries.ts';
import { scopeOf } from '../account/account-scope.ts';

export interface ProfileServiceOptions {
  readonly db: Database;
}

/** Commands on what others see of an account. */
export class ProfileService {
  constructor(private readonly options: ProfileServiceOptions) {}

  /** Lists an account's comments for others, or no longer. It is the person's own affair, suspended or not. */
  changeCommentList(viewer: Viewer, listsComments: boolean): Promise<Result<void>> {
    return refusable(() =>
      this.options.db.transactionFor(scopeOf(viewer), (tx) =>
        updateListsComments(tx, viewer.accountId, listsComments),
      ),
    );
  }
}
