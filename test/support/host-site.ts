import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reader of the host site. */
export interface HostReader {
  readonly id: string;
  readonly name: string;
}

const secret = 'a secret that only the host site and this test know';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A site of another origin on this machine, with a strict policy, whose pages show threads of a service. */
export class HostSite {
  readonly url: string;
  /** Address of the service from which pages load the element, once it runs. */
  service = '';
  /** Another service, whose threads pages show as well. */
  otherService = '';
  /** Who is signed in at this site. */
  reader: HostReader | undefined;
  /** How often the site was asked for a token. */
  tokenRequests = 0;
  readonly #server: Server;
  readonly #pages = new Map<string, string>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', ({ method, url = '' }, response) => {
      if (method === 'POST' && url === '/comment-token') {
        this.tokenRequests += 1;
        if (this.reader) response.end(this.sign(this.reader));
        else response.writeHead(204).end();
        return;
      }
      const body = this.#pages.get(url);
      if (body === undefined) return response.writeHead(url === '/favicon.ico' ? 204 : 404).end();
      const type = url.endsWith('.js') ? 'javascript' : url.endsWith('.css') ? 'css' : 'html';
      response.setHeader('content-type', `text/${type}; charset=utf-8`);
      response.setHeader('content-security-policy', this.policy);
      return response.end(body);
    });
  }

  static async start(): Promise<HostSite> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HostSite(server);
  }

  /** Settings of a service that knows this site. */
  get settings(): Record<string, string> {
    const issuer = {
      id: 'host',
      name: 'The Host',
      issuer: this.url,
      audience: 'standfirst',
      algorithm: 'HS256',
      secret,
    };
    return { EMBED_SITES: this.url, HOST_TOKEN_ISSUERS: JSON.stringify([issuer]) };
  }

  /** Nothing inline, no eval, Trusted Types; the service by the sources that docs/embed.md names. */
  get policy(): string {
    const services = `${this.service} ${this.otherService}`.trim();
    return [
      "default-src 'none'",
      `script-src 'self' ${this.service}`,
      `connect-src 'self' ${services} ${services.replaceAll('http', 'ws')}`,
      "style-src 'self'",
      `img-src ${this.service}`,
      `frame-src ${this.service}`,
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types standfirst',
    ].join('; ');
  }

  /** A token for a reader, as the service takes it. */
  sign({ id, name }: HostReader): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: 'standfirst',
      sub: id,
      name,
      email: `${id}@example.org`,
      email_verified: true,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
    };
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }

  /**
   * Adds a page with the element's file.
   * @param head further elements of its head
   * @returns its address
   */
  addPage(body: string, { head = '', html = 'lang="en"' }: { head?: string; html?: string } = {}): string {
    const path = `/${randomUUID()}`;
    this.#pages.set(
      path,
      `<!doctype html><html ${html}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A story</title><script type="module" src="${this.service}/embed/thread.js"></script>${head}</head>
<body><main><h1>A story</h1>${body}</main></body></html>`,
    );
    return this.url + path;
  }

  /** Adds a script. @returns an element that loads it */
  addScript(text: string): string {
    const path = `/${randomUUID()}.js`;
    this.#pages.set(path, text);
    return `<script type="module" src="${path}"></script>`;
  }

  /** Adds a style sheet. @returns an element that loads it */
  addStyles(text: string): string {
    const path = `/${randomUUID()}.css`;
    this.#pages.set(path, text);
    return `<link rel="stylesheet" href="${path}">`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
