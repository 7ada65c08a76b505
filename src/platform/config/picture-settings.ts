import { z } from 'zod';

/** A bucket of a store that speaks the API of Amazon S3. */
export interface PictureBucketSettings {
  /** Of the bucket, with the path of a folder in it if there is one. */
  readonly address: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export type PictureSettings = { readonly folder: string } | PictureBucketSettings;

function isBucketAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && `${username}${password}${search}${hash}` === '';
}

/** The settings of where pictures are. */
export const pictureVariables = {
  picturesDir: z.string().min(1).optional(),
  picturesBucketUrl: z
    .string()
    .max(1000)
    .refine(isBucketAddress, {
      error: 'takes the address of a bucket, https:// or http://, without a password, a query or a fragment',
    })
    .optional(),
  picturesBucketRegion: z
    .string()
    .regex(/^[\w-]{1,100}$/, { error: 'takes the name of a region, such as eu-central-1' })
    .default('us-east-1'),
  picturesBucketKeyId: z.string().optional(),
  picturesBucketSecret: z.string().optional(),
};

/** @returns undefined: accounts have no pictures; a text: what is wrong with the settings together */
export function pictureSettingsOf(
  e: z.infer<z.ZodObject<typeof pictureVariables>>,
): PictureSettings | string | undefined {
  const { picturesDir: folder, picturesBucketUrl: address } = e;
  if (address === undefined) return folder === undefined ? undefined : { folder };
  if (folder !== undefined)
    return 'PICTURES_DIR: pictures are in a folder or in PICTURES_BUCKET_URL, not in both';
  const { picturesBucketKeyId: accessKeyId, picturesBucketSecret: secretAccessKey } = e;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    return 'PICTURES_BUCKET_KEY_ID, PICTURES_BUCKET_SECRET: needed beside PICTURES_BUCKET_URL';
  return { address, region: e.picturesBucketRegion, accessKeyId, secretAccessKey };
}
