/**
 * @database either
 * @seconds 10
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { configuredPictureStore } from '../../../../src/features/people/profile/configured-picture-store.ts';
import { PictureBucket } from '../../../../src/features/people/profile/picture-bucket.ts';
import { newPictureName, PictureStoreError } from '../../../../src/features/people/profile/picture-store.ts';
import { pictureJob } from '../../../../src/features/people/profile/picture-job.ts';
import { parseConfig } from '../../../../src/platform/config/config.ts';
import { idleFeatures, TestApp, type TestUser } from '../../../support/app.ts';
import { runJob } from '../../../support/jobs.ts';
import { TestBucket } from '../../../support/bucket.ts';

const picture = () =>
  sharp({ create: { width: 9, height: 9, channels: 3, background: '#7a1f2b' } })
    .png()
    .toBuffer();

describe('pictures in a bucket', () => {
  let bucket: TestBucket;
  let app: TestApp;

  beforeAll(async () => {
    bucket = await TestBucket.start();
    // The files are deleted when the test says so.
    app = await TestApp.start(bucket.settings, { features: idleFeatures });
  });

  afterAll(async () => {
    await app.close();
    await bucket.close();
  });

  const send = async (user: TestUser) =>
    fetch(`${app.url}/account/picture`, {
      method: 'POST',
      headers: { authorization: `Bearer ${user.token}`, 'content-type': 'image/png' },
      body: new Uint8Array(await picture()),
    });
  const work = async (): Promise<readonly unknown[]> => {
    const store = configuredPictureStore(parseConfig(bucket.settings));
    if (!store) throw new Error('No store of pictures is configured');
    const errors = await runJob(pictureJob(app.app.db, store)).catch((error: unknown) => [error]);
    return errors ?? [];
  };

  it('are written there by signed requests, served from there, and deleted there', async () => {
    const user = await app.signUp();
    const { avatarUrl } = (await (await send(user)).json()) as { avatarUrl: string };
    const [[path = '', bytes] = []] = [...bucket.objects];
    expect(path).toBe(new URL(avatarUrl).pathname.replace('/pictures/', '/pictures/people/'));
    const served = await fetch(avatarUrl);
    expect(served.headers.get('content-type')).toBe('image/webp');
    expect(Buffer.from(await served.arrayBuffer()).equals(bytes ?? Buffer.alloc(0))).toBe(true);
    await app.data('mutation { removePicture { userErrors { code } } }', {}, user.token);
    expect(await work()).toEqual([]);
    expect([...bucket.objects]).toEqual([]);
    expect((await fetch(avatarUrl)).status).toBe(404);
  });

  it('are refused for a while when the bucket refuses them, and what is to be deleted stays known', async () => {
    const user = await app.signUp();
    const { avatarUrl } = (await (await send(user)).json()) as { avatarUrl: string };
    bucket.failsWith = 403;
    expect((await fetch(avatarUrl)).status).toBe(503);
    const refused = await send(user);
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('UNAVAILABLE');
    await app.data('mutation { removePicture { userErrors { code } } }', {}, user.token);
    expect(await work()).toEqual([expect.any(PictureStoreError)]);
    bucket.failsWith = undefined;
    // What can't be deleted waits a while, so that it holds up nothing else.
    expect(await work()).toEqual([]);
    expect([...bucket.objects]).toHaveLength(1);
    await app.app.db.query('UPDATE picture_file SET delete_at = now() WHERE delete_at IS NOT NULL');
    expect(await work()).toEqual([]);
    expect([...bucket.objects]).toEqual([]);
  });

  it('are refused while the bucket is silent, which holds nothing once it answers again', async () => {
    const [user, other] = [await app.signUp(), await app.signUp()];
    const { avatarUrl } = (await (await send(user)).json()) as { avatarUrl: string };
    bucket.isSilent = true;
    // As many as are read at a time, and one of them twice.
    const unknown = Array.from({ length: 63 }, () => `${app.url}/pictures/${newPictureName()}`);
    const reading = [avatarUrl, avatarUrl, ...unknown].map(async (url) => (await fetch(url)).status);
    const { status } = await send(other);
    expect(new Set([status, ...(await Promise.all(reading))])).toEqual(new Set([503]));
    bucket.isSilent = false;
    expect((await fetch(avatarUrl)).status).toBe(200);
    expect((await send(other)).status).toBe(200);
  });

  it('are not read by a wrong secret, nor when too large, nor by a path that is no name', async () => {
    const { PICTURES_BUCKET_URL: address, PICTURES_BUCKET_REGION: region } = bucket.settings;
    const key = {
      address,
      region,
      accessKeyId: bucket.settings.PICTURES_BUCKET_KEY_ID,
      secretAccessKey: bucket.settings.PICTURES_BUCKET_SECRET,
    };
    const store = new PictureBucket(key);
    const name = newPictureName();
    await store.write(name, Buffer.from('a picture'));
    expect(String(await store.read(name))).toBe('a picture');
    await expect(new PictureBucket({ ...key, secretAccessKey: 'another' }).read(name)).rejects.toThrow('403');
    await store.write(name, Buffer.alloc(1_000_001));
    await expect(store.read(name)).rejects.toThrow(PictureStoreError);
    expect(await store.read('../secret')).toBeUndefined();
    await expect(store.write('../secret', Buffer.alloc(1))).rejects.toThrow('Not the name');
    await store.delete(name);
    await store.delete(name);
  });
});

describe('settings of a bucket', () => {
  const PICTURES_BUCKET_URL = 'https://store.example.org/pictures';

  it('are refused without a key, and beside a folder', () => {
    expect(() => parseConfig({ PICTURES_BUCKET_URL })).toThrow('PICTURES_BUCKET_KEY_ID');
    expect(() => parseConfig({ PICTURES_BUCKET_URL, PICTURES_DIR: 'pictures' })).toThrow('not in both');
  });
});
