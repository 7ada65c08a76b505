import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPicturesPath } from '../../platform/text/own-pictures.ts';

interface Picture {
  readonly svg: Buffer;
  readonly digest: string;
}

/** Policy of a picture that is opened by itself: it loads nothing, and runs nothing. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** The demo's pictures. They are few and small, so they are read once. */
export class DemoPictures {
  private constructor(private readonly pictures: ReadonlyMap<string, Picture>) {}

  static async read(folder: string): Promise<DemoPictures> {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.svg'));
    const entries = names.map(async (name) => {
      const svg = await readFile(join(folder, name));
      return [name, { svg, digest: createHash('sha256').update(svg).digest('base64url') }] as const;
    });
    return new DemoPictures(new Map(await Promise.all(entries)));
  }

  /** Registers the pictures' addresses; GET, and so HEAD as well. */
  serve(app: FastifyInstance): void {
    app.get<{ Params: { name: string } }>(`${ownPicturesPath}:name`, (request, reply) => {
      const picture = this.pictures.get(request.params.name);
      if (!picture) return reply.callNotFound();
      // Weak, since compressed and plain bytes share it.
      void reply.headers({
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        'cache-control': 'public, max-age=3600',
        vary: 'accept-encoding',
        etag: `W/"${picture.digest}"`,
      });
      if (request.headers['if-none-match']?.includes(`"${picture.digest}"`)) return reply.code(304).send();
      return reply.type('image/svg+xml').send(picture.svg);
    });
  }
}
