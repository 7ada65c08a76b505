import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import type { PictureBucketSettings } from '../config/picture-settings.ts';
import { isPictureName, type PictureStore, PictureStoreError } from './picture-store.ts';

/** Longest time of a request with its repetitions, in milliseconds. */
const maxMs = 10_000;

/** Most bytes that are read: a picture has some 20,000. */
const maxBytes = 1_000_000;

/** Most requests that read at a time; more are refused, as a store that does not answer would hold all of them. */
const maxReads = 64;

/**
 * A bucket of a store that speaks the API of Amazon S3, addressed by its path. Requests carry the digest of what they send, so that
 * the store refuses what has changed on the way.
 */
export class PictureBucket implements PictureStore {
  readonly #address: string;
  readonly #client: AwsClient;
  readonly #reads = new Map<string, Promise<Buffer | undefined>>();

  constructor({ address, region, accessKeyId, secretAccessKey }: PictureBucketSettings) {
    this.#address = address.endsWith('/') ? address : `${address}/`;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region, retries: 2 });
  }

  async write(name: string, bytes: Buffer): Promise<void> {
    const response = await this.#send('PUT', name, bytes);
    await response.body?.cancel();
    if (!response.ok) throw faultOf('written', response);
  }

  /** Whoever asks for a file while it is read gets what is read. */
  read(name: string): Promise<Buffer | undefined> {
    if (!isPictureName(name)) return Promise.resolve(undefined);
    const reading = this.#reads.get(name);
    if (reading) return reading;
    if (this.#reads.size >= maxReads)
      return Promise.reject(new PictureStoreError('Too many pictures are being read'));
    const begun = this.#read(name).finally(() => this.#reads.delete(name));
    this.#reads.set(name, begun);
    return begun;
  }

  async delete(name: string): Promise<void> {
    const response = await this.#send('DELETE', name);
    await response.body?.cancel();
    if (!response.ok && response.status !== 404) throw faultOf('deleted', response);
  }

  async #read(name: string): Promise<Buffer | undefined> {
    const response = await this.#send('GET', name);
    if (response.ok && response.body) return readBounded(response.body);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw faultOf('read', response);
  }

  async #send(
    method: 'GET' | 'PUT' | 'DELETE',
    name: string,
    body: Uint8Array = new Uint8Array(),
  ): Promise<Response> {
    if (!isPictureName(name)) throw new Error('Not the name of a picture');
    const digest = createHash('sha256').update(body).digest('hex');
    const headers = { 'x-amz-content-sha256': digest, 'content-type': 'image/webp' };
    const bounds = { redirect: 'error', signal: AbortSignal.timeout(maxMs) } as const;
    const sent = method === 'PUT' ? { headers, body: new Uint8Array(body) } : { headers };
    try {
      return await this.#client.fetch(this.#address + name, { method, ...sent, ...bounds });
    } catch (error) {
      throw new PictureStoreError('The store of pictures does not answer', { cause: error });
    }
  }
}

const faultOf = (done: string, { status }: Response): PictureStoreError =>
  new PictureStoreError(`A picture could not be ${done}: its store answers with status ${status}`);

async function readBounded(body: ReadableStream<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new PictureStoreError('A stored picture is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
