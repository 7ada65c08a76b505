import { randomBytes } from 'node:crypto';

/** Where files of pictures are: every node writes to it and reads what another one has written. */
export interface PictureStore {
  /** Writes a file so that it is there whole or not at all. @throws PictureStoreError */
  write(name: string, bytes: Buffer): Promise<void>;
  /** @returns undefined: there is no such file. @throws PictureStoreError */
  read(name: string): Promise<Buffer | undefined>;
  /** Deletes a file, and what an interrupted write has left of it; it may be gone already. @throws PictureStoreError */
  delete(name: string): Promise<void>;
}

/** A store elsewhere does not do what it is asked for. */
export class PictureStoreError extends Error {
  override readonly name = 'PictureStoreError';
}

const namePattern = /^[\w-]{22}\.webp$/;

/** Whether a text may be the name of a file: nothing else becomes a part of a path. */
export const isPictureName = (text: string): boolean => namePattern.test(text);

/** The name of a new file: 128 random bits. An address tells nothing, and no two accounts share one. */
export const newPictureName = (): string => `${randomBytes(16).toString('base64url')}.webp`;
