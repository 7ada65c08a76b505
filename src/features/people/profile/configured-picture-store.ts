import type { Config } from '../../../platform/config/config.ts';
import { PictureBucket } from './picture-bucket.ts';
import { PictureFolder } from './picture-folder.ts';
import type { PictureStore } from './picture-store.ts';

/** The store of the settings; undefined: accounts have no pictures. */
export function configuredPictureStore({ pictures }: Pick<Config, 'pictures'>): PictureStore | undefined {
  if (!pictures) return undefined;
  return 'folder' in pictures ? new PictureFolder(pictures.folder) : new PictureBucket(pictures);
}
