import { clientOf, type Viewer } from '../../../platform/auth/viewer.ts';
import { expensiveWork } from '../../../platform/fairness/shares.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { scopeOf } from '../account/account-scope.ts';
import { encodePicture, PictureError } from './picture-encoder.ts';
import { newPictureName, type PictureStore } from './picture-store.ts';
import {
  adoptPictureFile,
  discardPicture,
  insertPictureFile,
  pathOfPicture,
  updatePicture,
} from './picture.queries.ts';

/** One picture is made at a time. Each that waits holds its file. */
const slots = {
  lane: 'picture',
  atOnce: 1,
  maxWaiting: 12,
  maxWaitMs: 20_000,
  busy: 'Too many pictures are being made',
} as const;

/** Commands on the picture of an account. */
export class PictureService {
  readonly #slots = expensiveWork(slots);

  constructor(private readonly db: Database) {}

  /**
   * Gives an account a picture. The file is announced before it is written, and belongs to nobody until the account shows it.
   * @param address the address from which it was sent: those of one address wait for each other
   * @returns its path
   * @throws RequestError RATE_LIMITED: too many wait to be made
   */
  set(
    viewer: Viewer,
    store: PictureStore,
    { bytes, address }: { readonly bytes: Buffer; readonly address: string },
  ): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const picture = await this.#slots.run({ lane: 'picture', client: address }, () => this.#encode(bytes));
      const name = newPictureName();
      await insertPictureFile(this.db.of(clientOf(viewer)), name);
      await store.write(name, picture);
      await this.db.transactionFor(scopeOf(viewer), async (tx) => {
        await discardPicture(tx, viewer.accountId);
        await updatePicture(tx, viewer.accountId, name);
        if (!(await adoptPictureFile(tx, name)))
          throw new Error('A picture was deleted before its account showed it');
      });
      return pathOfPicture(name);
    });
  }

  /** Takes an account's picture away, wherever it is from. It is the person's own affair, suspended or not. */
  remove(viewer: Viewer): Promise<Result<void>> {
    return refusable(() =>
      this.db.transactionFor(scopeOf(viewer), (tx) => discardPicture(tx, viewer.accountId)),
    );
  }

  async #encode(bytes: Buffer): Promise<Buffer> {
    try {
      return await encodePicture(bytes);
    } catch (error) {
      if (error instanceof PictureError) throw new Refusal('INVALID_INPUT', undefined, `${error.message}.`);
      throw error;
    }
  }
}
