import { fillRoute, pageRoutes } from '../http/paths.ts';

/** Public URLs of journalists, articles and comments. The base is known once the service listens. */
export class Links {
  #base = 'http://localhost';

  /** @param base an absolute URL without a slash at its end */
  setBase(base: string): void {
    this.#base = base;
  }

  journalist(slug: string): string {
    return this.#base + fillRoute(pageRoutes.journalist, { slug });
  }

  article(slug: string): string {
    return this.#base + fillRoute(pageRoutes.article, { slug });
  }

  /** The slug in an article's URL, with any query and fragment; undefined for any other URL. */
  slugOfArticle(url: URL): string | undefined {
    const prefix = new URL(this.article(''));
    if (url.host !== prefix.host || !url.pathname.startsWith(prefix.pathname)) return undefined;
    const slug = url.pathname.slice(prefix.pathname.length).replace(/\/$/, '');
    return slug === '' ? undefined : slug;
  }

  comment(articleSlug: string, commentId: string): string {
    return `${this.article(articleSlug)}#comment-${commentId}`;
  }
}
