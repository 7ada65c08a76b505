/**
 * @seconds 20
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { PictureFolder } from '../../../../src/features/people/profile/picture-folder.ts';
import { pictureJob } from '../../../../src/features/people/profile/picture-job.ts';
import { idleFeatures, TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { runJob } from '../../../support/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { eventually } from '../../../support/eventually.ts';
import { watchForLeaks } from '../../../support/leaks.ts';

const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#7a1f2b' } });

describe('pictures of accounts', () => {
  let folder: string;
  let database: TestDatabase;
  let app: TestApp;
  let other: TestApp;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-pictures-'));
    database = await createTestDatabase();
    const settings = { PICTURES_DIR: join(folder, 'made'), RATE_LIMITS: 'on', MAX_PICTURES_PER_HOUR: '4' };
    const generous = { MAX_SIGN_UPS_PER_HOUR: '1000', MAX_WRITES_PER_MINUTE: '1000' };
    app = await TestApp.start({ ...settings, ...generous }, { database, features: idleFeatures });
    other = await TestApp.start({ ...settings, ...generous }, { database, features: idleFeatures });
  });

  afterAll(async () => {
    await Promise.all([app.close(), other.close()]);
    await database.drop();
    await rm(folder, { recursive: true });
    await checkLeaks();
  });

  const send = (token: string | undefined, body: Uint8Array, type = 'application/octet-stream') =>
    fetch(`${app.url}/account/picture`, {
      method: 'POST',
      headers: { 'content-type': type, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: new Uint8Array(body),
    });
  const sent = async (user: TestUser, body: Uint8Array): Promise<any> =>
    (await send(user.token, body)).json();
  const shown = async ({ token }: TestUser): Promise<string | null> =>
    (await app.data('{ viewer { commentAuthor { avatarUrl } } }', {}, token)).viewer.commentAuthor.avatarUrl;
  const files = () => readdir(join(folder, 'made')).catch(() => []);
  const work = () => runJob(pictureJob(app.app.db, new PictureFolder(join(folder, 'made'))));

  it('become a small square without metadata, whatever was sent, and are served by every node', async () => {
    const user = await app.signUp();
    const withPlace = await photo(900, 600)
      .withExif({ IFD0: { Copyright: 'a secret place' }, IFD3: { GPSLatitudeRef: 'N' } })
      .jpeg()
      .toBuffer();
    expect(withPlace.includes('a secret place')).toBe(true);
    const { avatarUrl, userErrors } = await sent(user, withPlace);
    expect(userErrors).toEqual([]);
    expect(await shown(user)).toBe(avatarUrl);
    const { pathname } = new URL(avatarUrl);
    const response = await fetch(other.url + pathname);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=86400, immutable',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 256, height: 256 });
    expect((await sharp(bytes).metadata()).exif).toBeUndefined();
  });

  it('go with the next one, by removal and by erasure, and their files with them', async () => {
    const user = await app.signUp();
    const before = await files();
    const first = await sent(user, await photo(10, 10).png().toBuffer());
    const second = await sent(user, await photo(20, 20).webp().toBuffer());
    expect(await shown(user)).toBe(second.avatarUrl);
    await work();
    const gone = await fetch(first.avatarUrl);
    expect(gone.status).toBe(404);
    expect(await files()).toHaveLength(before.length + 1);
    const { removePicture } = await app.data(
      'mutation { removePicture { viewer { commentAuthor { avatarUrl } } userErrors { code } } }',
      {},
      user.token,
    );
    expect(removePicture).toEqual({ viewer: { commentAuthor: { avatarUrl: null } }, userErrors: [] });
    await work();
    expect(await files()).toHaveLength(before.length);
    await sent(user, await photo(10, 10).png().toBuffer());
    await erasureOf(app).erase(user.email);
    await work();
    expect(await files()).toHaveLength(before.length);
  });

  it('are not made for an account that was suspended, as it is before an erasure, while its picture was made', async () => {
    const user = await app.signUp();
    const before = await files();
    const answer = await app.app.db.transaction(async (tx) => {
      await tx.query('SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE', [user.accountId]);
      const sending = sent(user, await photo(10, 10).png().toBuffer());
      await eventually('the picture waits for its account', async () => {
        const waiting = await app.app.db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await tx.query('UPDATE account SET suspended_at = now() WHERE id = $1', [user.accountId]);
      return { sending };
    });
    expect(await answer.sending).toMatchObject({ userErrors: [{ code: 'ACCOUNT_SUSPENDED' }] });
    expect(await shown(user)).toBeNull();
    // The file is due an hour after it was announced.
    await app.app.db.query('UPDATE picture_file SET delete_at = now() WHERE delete_at IS NOT NULL');
    await work();
    expect(await files()).toHaveLength(before.length);
  });

  it('take no place any more once their clients have gone', async () => {
    const { hostname, port } = new URL(app.url);
    for (const user of await Promise.all(Array.from({ length: 4 }, () => app.signUp()))) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(
        `POST /account/picture HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${user.token}\r\n` +
          'content-type: image/png\r\ncontent-length: 1000\r\n\r\nabc',
        () => setImmediate(() => socket.destroy()),
      );
      await once(socket, 'close');
    }
    const [user, picture] = [await app.signUp(), await photo(10, 10).png().toBuffer()];
    await eventually('a place', async () => (await send(user.token, picture)).ok);
  });

  it('that no account shows are deleted after a crash', async () => {
    const before = await files();
    const name = `${'x'.repeat(22)}.webp`;
    // A process died after the file, or a part of it, was written.
    await app.app.db.query(
      `INSERT INTO picture_file (name, delete_at) VALUES ($1, now() - interval '1 minute')`,
      [name],
    );
    await writeFile(join(folder, 'made', name), 'whole');
    await writeFile(join(folder, 'made', `${name}.part`), 'a part');
    await work();
    expect(await files()).toEqual(before);
    expect(await app.app.db.query('SELECT FROM picture_file WHERE name = $1', [name])).toEqual([]);
  });

  it.each([
    ['a text', () => Buffer.from('<html><script>alert(1)</script>')],
    ['nothing', () => Buffer.alloc(0)],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a GIF', () => photo(10, 10).gif().toBuffer()],
    ['a picture of too many pixels', () => photo(8000, 5001).png().toBuffer()],
    ['half of a picture', async () => (await photo(500, 500).png().toBuffer()).subarray(0, 600)],
  ])('are not made of %s', async (_name, bytes) => {
    const user = await app.signUp();
    const response = await send(user.token, await bytes(), 'image/jpeg');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ avatarUrl: null, userErrors: [{ code: 'INVALID_INPUT' }] });
    expect(await shown(user)).toBeNull();
  });

  it('are taken of accounts alone, bounded in bytes and in number', async () => {
    const user = await app.signUp();
    expect((await send(undefined, Buffer.alloc(10))).status).toBe(401);
    expect((await send(user.token, Buffer.alloc(5_000_001))).status).toBe(413);
    for (let n = 0; n < 4; n += 1) await sent(user, await photo(10, 10).png().toBuffer());
    expect((await send(user.token, await photo(10, 10).png().toBuffer())).status).toBe(429);
  });

  it('are not found by a path that is no name', async () => {
    for (const name of ['..%2f..%2fetc%2fpasswd', 'x.webp', `${'y'.repeat(22)}.webp`])
      expect((await fetch(`${app.url}/pictures/${name}`)).status).toBe(404);
  });
});

describe('a service without a folder of pictures', () => {
  const service = useApp();

  it('says that it takes none', async () => {
    const user = await service().signUp();
    const { viewer } = await service().data('{ viewer { canSendPicture } }', {}, user.token);
    expect(viewer.canSendPicture).toBe(false);
    const response = await fetch(`${service().url}/account/picture`, { method: 'POST' });
    expect(response.status).toBe(404);
  });
});
