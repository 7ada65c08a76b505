/** The public addresses of things. The base is known once the service listens. */
export class Links {
  #base = 'http://localhost';

  /** @param base an absolute address without a slash at its end */
  setBase(base: string): void {
    this.#base = base;
  }

  journalist(slug: string): string {
    return `${this.#base}/journalists/${slug}`;
  }

  article(slug: string): string {
    return `${this.#base}/articles/${slug}`;
  }

  comment(articleSlug: string, commentId: string): string {
    return `${this.article(articleSlug)}#comment-${commentId}`;
  }
}
