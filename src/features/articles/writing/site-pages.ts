import { LRUCache } from 'lru-cache';
import { RequestError } from '../../../platform/errors/errors.ts';
import { guardedPage, type PageAnswer } from '../../../platform/http/guarded-page.ts';
import type { Reach } from '../../../platform/http/reach.ts';
import { NoAnswer } from '../../../platform/http/guarded-request.ts';
import {
  isUnlisted,
  type PageHead,
  PageHeadReader,
  UnknownCharset,
} from '../../../platform/text/page-head.ts';
import { balanceDirections } from '../../../platform/text/direction.ts';
import { isVisible, normaliseLine } from '../../../platform/text/plain.ts';
import { parsePartialDateTime, type PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import { maxTitleLength } from '../article/article.texts.ts';

/** Bytes of a page in which its head has to end. */
export const maxHeadBytes = 524_288;

/** Pages of one site that a process asks for at once. */
export const maxPagesAtOnce = 4;

/** Pages whose outcome a process remembers. */
const maxRemembered = 1000;

/** Time for which the outcome of asking for a page is remembered, in milliseconds. */
const rememberedMs = 60_000;

/** What a page of another site says about itself. */
export interface SitePage {
  /** The address under which its thread is kept, without a fragment. */
  readonly address: string;
  readonly title: string;
  /** Undefined: the page does not say it, or nothing that can be. */
  readonly publishedAt: PartialDateTime | undefined;
}

export interface SitePagesOptions {
  readonly reach: Reach;
  /** Longest time for one page, in milliseconds. */
  readonly timeoutMs: number;
  readonly rememberedMs?: number;
}

type Outcome = { readonly page: SitePage } | { readonly fault: NoAnswer };

/**
 * Reads titles and canonical addresses of pages of other sites. Everything about a page is the site's own word: a client
 * chooses nothing but the address. Requests for one address at a time are one request, and its outcome is remembered for
 * a minute, success or not.
 */
export class SitePages {
  readonly #options: SitePagesOptions;
  readonly #asked: LRUCache<string, Promise<Outcome>>;
  readonly #underWay = new Map<string, number>();

  constructor(options: SitePagesOptions) {
    this.#options = options;
    this.#asked = new LRUCache({ max: maxRemembered, ttl: options.rememberedMs ?? rememberedMs });
  }

  /**
   * Reads the page at an address of one of the sites. If the page names another address of its site as the canonical one, that
   * page is read, and has to agree: so the title is one of the address that is kept.
   * @throws NoAnswer, whose message is for operators; RequestError UNAVAILABLE
   */
  async read(url: URL): Promise<SitePage> {
    const page = await this.#ask(withoutHash(url));
    const { address } = page;
    if (address === withoutHash(url)) return page;
    const canonical = await this.#ask(address);
    if (canonical.address !== address)
      throw new NoAnswer('The canonical page names another one as canonical.');
    return canonical;
  }

  async #ask(address: string): Promise<SitePage> {
    let asked = this.#asked.get(address);
    if (!asked) {
      asked = this.#request(new URL(address));
      this.#asked.set(address, asked);
    }
    const outcome = await asked;
    if ('fault' in outcome) throw outcome.fault;
    return outcome.page;
  }

  /** @throws RequestError UNAVAILABLE, without a request */
  #request(url: URL): Promise<Outcome> {
    const { origin } = url;
    const underWay = this.#underWay.get(origin) ?? 0;
    if (underWay >= maxPagesAtOnce)
      throw new RequestError('UNAVAILABLE', 'Too many pages of this site are being asked for: try again.', {
        retryAfterSeconds: Math.ceil(this.#options.timeoutMs / 1000),
      });
    this.#underWay.set(origin, underWay + 1);
    return this.#read(url)
      .then(
        (page) => ({ page }),
        (error: unknown) => ({ fault: error instanceof NoAnswer ? error : new NoAnswer(String(error)) }),
      )
      .finally(() => this.#underWay.set(origin, (this.#underWay.get(origin) ?? 1) - 1));
  }

  async #read(url: URL): Promise<SitePage> {
    const { reach, timeoutMs } = this.#options;
    let reader: PageHeadReader | undefined;
    try {
      await guardedPage(url.href, {
        reach,
        timeoutMs,
        maxBytes: maxHeadBytes,
        headers: { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'Standfirst' },
        accept: (answer) => {
          reader = new PageHeadReader(requirePage(answer));
        },
        take: (bytes) => reader?.write(bytes) === true,
      });
      if (!reader) throw new NoAnswer('There was no page.');
      return pageOf(url, reader.end());
    } catch (error) {
      throw error instanceof UnknownCharset ? new NoAnswer(error.message) : error;
    }
  }
}

export function withoutHash(url: URL): string {
  const plain = new URL(url);
  plain.hash = '';
  return plain.href;
}

/** @returns the charset that the answer names. @throws NoAnswer */
function requirePage({ status, headers }: PageAnswer): string | undefined {
  if (status !== 200) throw new NoAnswer(`The status is ${status}, not 200.`);
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';');
  if (!/^(text\/html|application\/xhtml\+xml)$/i.test(type.trim())) throw new NoAnswer('It is not HTML.');
  if (!/^(|identity)$/i.test(headers['content-encoding'] ?? ''))
    throw new NoAnswer('It is compressed, which was not asked for.');
  if (isUnlisted([headers['x-robots-tag'] ?? []].flat().join())) throw unlisted();
  for (const parameter of parameters) {
    const [, charset] = /^\s*charset\s*=\s*"?([\w:.-]{1,40})"?\s*$/i.exec(parameter) ?? [];
    if (charset !== undefined) return charset;
  }
  return undefined;
}

const unlisted = (): NoAnswer => new NoAnswer('The page asks not to be listed, by `noindex`.');

/** @throws NoAnswer */
function pageOf(url: URL, head: PageHead): SitePage {
  if (head.isUnlisted) throw unlisted();
  const title = head.titles.map(shortened).find(isVisible);
  if (title === undefined) throw new NoAnswer('The page has no title.');
  // Replacement characters: the page is in another charset than it says.
  if (title.includes('\ufffd'))
    throw new NoAnswer('The title cannot be read: the page has to say its charset.');
  return {
    address: canonicalOf(url, head) ?? withoutHash(url),
    title,
    publishedAt: head.published === undefined ? undefined : parsePartialDateTime(head.published.trim()),
  };
}

/** A title as it is stored: clean, one line, cut where it is too long. */
function shortened(title: string): string {
  const characters = [...normaliseLine(title)];
  if (characters.length <= maxTitleLength) return characters.join('');
  const cut = characters.slice(0, maxTitleLength - 1).join('');
  return `${balanceDirections(cut).trimEnd()}…`;
}

/** The canonical address, if it is one of the page's own site. */
function canonicalOf(url: URL, { canonical, base }: PageHead): string | undefined {
  const from = base !== undefined && URL.canParse(base.trim(), url.href) ? new URL(base.trim(), url) : url;
  if (canonical === undefined || !URL.canParse(canonical.trim(), from.href)) return undefined;
  const found = new URL(canonical.trim(), from);
  return found.origin === url.origin && found.username + found.password === ''
    ? withoutHash(found)
    : undefined;
}
