/*
 * Pictures that the service serves itself. Stored texts and columns hold the path alone, because the public address of
 * the service is not known when they are stored, and may change. Whatever is shown has the whole address
 * (`Links.picture` and `Links.picturesIn`).
 */

/** Path prefix of the demo's pictures. */
export const ownPicturesPath = '/demo/pictures/';

/** `/demo/pictures/hesk-light-960x540.svg`: the name ends with the picture's size in pixels. */
const ownPicture = new RegExp(`^${ownPicturesPath}[a-z0-9-]{1,80}-(\\d{1,4})x(\\d{1,4})\\.svg$`);

/** Width and height in pixels. */
export interface PictureSize {
  readonly width: string;
  readonly height: string;
}

/** The size of a picture of the service's own, by its stored address; undefined: the address is another one. */
export function sizeOfOwnPicture(address: string): PictureSize | undefined {
  const [, width, height] = ownPicture.exec(address) ?? [];
  return width === undefined || height === undefined ? undefined : { width, height };
}
