import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { boundedRequest } from '../../../platform/http/bounded-request.ts';
import type { PictureBucketSettings } from '../../../platform/config/picture-settings.ts';
import { isPictureName, type PictureStore, PictureStoreError } from './picture-store.ts';

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
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region });
  }

  async write(name: string, bytes: Buffer): Promise<void> {
    const response = await this.#send('PUT', name, bytes);
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
    if (!response.ok && response.status !== 404) throw faultOf('deleted', response);
  }

  async #read(name: string): Promise<Buffer | undefined> {
    const response = await this.#send('GET', name);
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw faultOf('read', response);
    return Buffer.from(await response.arrayBuffer());
  }

  async #send(method: 'GET' | 'PUT' | 'DELETE', name: string, body?: Buffer): Promise<Response> {
    if (!isPictureName(name)) throw new Error('Not the name of a picture');
    const url = this.#address + name;
    const digest = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const headers = { 'x-amz-content-sha256': digest, ...(body ? { 'content-type': 'image/webp' } : {}) };
    const signed = await this.#client.sign(url, { method, headers });
    try {
      return await boundedRequest(url, {
        method,
        headers: Object.fromEntries(signed.headers),
        body,
        maxBytes,
      });
    } catch (error) {
      throw new PictureStoreError('The store of pictures does not answer as it should', { cause: error });
    }
  }
}

const faultOf = (done: string, { status }: Response): PictureStoreError =>
  new PictureStoreError(`A picture could not be ${done}: its store answers with status ${status}`);
