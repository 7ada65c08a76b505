import { Refusal } from '../../../platform/errors/errors.ts';
import { NoAnswer } from '../../../platform/http/guarded-request.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { CommentPolicy } from '../article/article.policy.ts';
import { type PageArticle, pageArticle, pageUnavailable } from './page-article.ts';
import type { SitePages } from './site-pages.ts';

export interface NewThreadsOptions {
  /** Origins of the sites at whose addresses threads may begin. */
  readonly sites: readonly string[];
  /** The comment policy of the articles that are made; undefined: none are. */
  readonly policy: CommentPolicy | undefined;
  readonly pages: SitePages;
  /** Whether an address is one of the service itself. */
  readonly isOwn: (url: URL) => boolean;
  readonly clock: Clock;
  /** Tells operators why no thread could begin. */
  readonly warn: (error: unknown, message: string) => void;
}

/** Longest address, in characters. */
const maxAddressLength = 2000;

/** Threads that begin at pages of other sites with their first comment, where a setting allows it. */
export class NewThreads {
  constructor(private readonly options: NewThreadsOptions) {}

  /** Whether a thread may begin at an address, as far as the settings go. Says nothing about the page there. */
  allows(url: URL): boolean {
    const { sites, policy, isOwn } = this.options;
    return (
      policy !== undefined &&
      sites.includes(url.origin) &&
      url.username + url.password === '' &&
      url.href.length <= maxAddressLength &&
      !isOwn(url)
    );
  }

  /**
   * Makes the article for the page at an address.
   * @param admit counts the attempt; called before the page is asked for
   * @throws Refusal ARTICLE_URL_NOT_ALLOWED, ARTICLE_URL_UNAVAILABLE
   */
  async prepare(url: URL, admit: () => Promise<void>): Promise<PageArticle> {
    const { policy, pages, clock, warn } = this.options;
    if (policy === undefined || !this.allows(url))
      throw new Refusal('ARTICLE_URL_NOT_ALLOWED', ['articleUrl']);
    await admit();
    try {
      const page = await pages.read(url);
      if (this.options.isOwn(new URL(page.address))) throw new NoAnswer('It is a page of this service.');
      return await pageArticle(page, policy, clock.now());
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
      // Without the query string, in which there may be anything.
      warn(error, `No thread can begin at ${url.origin}${url.pathname.slice(0, 200)}`);
      throw pageUnavailable();
    }
  }
}
