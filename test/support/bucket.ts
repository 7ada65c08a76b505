import { type BinaryLike, createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';

const credentials = { accessKeyId: 'standfirst', secretAccessKey: 'a secret of the tests' };
const region = 'eu-central-1';

/** SHA-256, in the form that the signer asks for. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as BinaryLike);
  }

  update(data: unknown): void {
    this.#hash.update(data as BinaryLike);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {}
}

const signer = new SignatureV4({
  credentials,
  region,
  service: 's3',
  sha256: Sha256,
  applyChecksum: false,
  uriEscapePath: false,
});

/** Whether Amazon's own signer gives the signature that a request has. */
async function isSigned(request: IncomingMessage, body: Buffer): Promise<boolean> {
  const { authorization = '', host = '' } = request.headers;
  const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? [];
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
  const time = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(headers['x-amz-date'] ?? '')?.slice(1) ?? [];
  const [year, month, day, hour, minute, second] = time.map(Number);
  if (year === undefined || month === undefined) return false;
  const signingDate = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const { hostname, pathname } = new URL(`http://${host}${request.url ?? ''}`);
  const parts = { method: request.method ?? '', protocol: 'http:', hostname, path: pathname, headers };
  const signed = await signer.sign(parts, { signingDate, signableHeaders: new Set(names) });
  const digest = createHash('sha256').update(body).digest('hex');
  return signed.headers['authorization'] === authorization && headers['x-amz-content-sha256'] === digest;
}

/** A store with the API of Amazon S3 on loopback, as far as objects are written, read and deleted by their path. */
export class TestBucket {
  readonly objects = new Map<string, Buffer>();
  /** A status that it answers with from now on, whatever it is asked. */
  failsWith: number | undefined;
  /** Whether it takes requests and answers none. */
  isSilent = false;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<TestBucket> {
    const bucket = new TestBucket();
    bucket.#server.listen(0, '127.0.0.1');
    await once(bucket.#server, 'listening');
    return bucket;
  }

  /** The settings of a service that has its pictures here. */
  get settings() {
    const { port } = this.#server.address() as AddressInfo;
    return {
      PICTURES_BUCKET_URL: `http://127.0.0.1:${port}/pictures/people`,
      PICTURES_BUCKET_REGION: region,
      PICTURES_BUCKET_KEY_ID: credentials.accessKeyId,
      PICTURES_BUCKET_SECRET: credentials.secretAccessKey,
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    if (this.isSilent) return;
    response.statusCode = this.failsWith ?? ((await isSigned(request, body)) ? 200 : 403);
    if (response.statusCode !== 200) return void response.end();
    const { method, url = '' } = request;
    if (method === 'PUT') this.objects.set(url, body);
    else if (method === 'DELETE') response.statusCode = this.objects.delete(url) ? 204 : 404;
    else if (!this.objects.has(url)) response.statusCode = 404;
    response.end(method === 'GET' ? this.objects.get(url) : undefined);
  }
}
