import type { Queryable } from '../../../platform/db/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import type { PictureStore } from './picture-store.ts';
import {
  deletePictureFile,
  picturesToDeleteSql,
  postponePictureFile,
  selectPictureToDelete,
} from './picture.queries.ts';

/**
 * Deletes files that no account shows any more, up to the first that can't be deleted. The file goes before its row, so that none is
 * forgotten. No connection waits for the store. Another node may do the same: what is gone already is deleted as well.
 */
export const pictureJob = (db: Queryable, store: PictureStore): Job => ({
  name: 'pictures',
  due: picturesToDeleteSql,
  everyMs: 30_000,
  step: async () => {
    const name = await selectPictureToDelete(db);
    if (name === undefined) return 'idle';
    try {
      await store.delete(name);
    } catch (error) {
      await postponePictureFile(db, name);
      throw error;
    }
    await deletePictureFile(db, name);
    return 'more';
  },
});
