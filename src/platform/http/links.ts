import { fillRoute, pageRoutes, picturesPath, signInCallbackPath, unsubscribePath } from './paths.ts';
import { ownPicturesPath, sizeOfOwnPicture } from '../text/own-pictures.ts';

const ownSource = `src="${ownPicturesPath}`;

/** Public URLs of journalists, articles, comments and pictures. The base is known once the service listens. */
export class Links {
  #base = 'http://localhost';
  #lastArticle: { readonly slug: string; readonly base: string; readonly url: string } | undefined;

  /** @param base an absolute URL without a slash at its end */
  setBase(base: string): void {
    this.#base = base;
  }

  /** The address of the service itself. */
  site(): string {
    return this.#base;
  }

  journalist(slug: string): string {
    return this.#base + fillRoute(pageRoutes.journalist, { slug });
  }

  /** The page of somebody who has commented. @param id the global id of the `CommentAuthor` */
  person(id: string): string {
    return this.#base + fillRoute(pageRoutes.person, { id });
  }

  article(slug: string): string {
    // All comments of a page are of one article.
    const last = this.#lastArticle;
    if (last?.slug === slug && last.base === this.#base) return last.url;
    const url = this.#base + fillRoute(pageRoutes.article, { slug });
    this.#lastArticle = { slug, base: this.#base, url };
    return url;
  }

  /** The page of the reader's own pledges. */
  ownPledges(): string {
    return this.#base + pageRoutes.myPledges;
  }

  /** The page of the reader's notifications. */
  notifications(): string {
    return this.#base + pageRoutes.notifications;
  }

  /** The address that ends mails; its token is part of it, because programs for mail post to it. */
  unsubscribe(token: string): string {
    return `${this.#base}${unsubscribePath}/${token}`;
  }

  signIn(): string {
    return this.#base + pageRoutes.signIn;
  }

  signUp(): string {
    return this.#base + pageRoutes.signUp;
  }

  forgotPassword(): string {
    return this.#base + pageRoutes.forgotPassword;
  }

  account(): string {
    return this.#base + pageRoutes.account;
  }

  moderationLog(): string {
    return this.#base + pageRoutes.moderationLog;
  }

  webhooks(): string {
    return this.#base + pageRoutes.webhooks;
  }

  /** The list of sessions on the page of an account. */
  sessions(): string {
    return `${this.account()}#sessions`;
  }

  /** Links of mails have their token as a fragment, which browsers send to no server, so that it is in no log. */
  confirmSignUp(token: string): string {
    return `${this.#base}${pageRoutes.confirmSignUp}#${token}`;
  }

  confirmEmail(token: string): string {
    return `${this.#base}${pageRoutes.confirmEmail}#${token}`;
  }

  resetPassword(token: string): string {
    return `${this.#base}${pageRoutes.resetPassword}#${token}`;
  }

  signInByMail(token: string): string {
    return `${this.#base}${pageRoutes.signInByMail}#${token}`;
  }

  mailedEndorsement(token: string): string {
    return `${this.#base}${pageRoutes.mailedEndorsement}#${token}`;
  }

  /** The page that ends a sign-in at another site. @param result what it reads behind the `#`, as in links of mails */
  finishSignIn(result: string): string {
    return `${this.#base}${pageRoutes.finishSignIn}#${result}`;
  }

  /** The address to which an issuer sends browsers back. @param issuerId as in the settings, which escape nothing */
  signInCallback(issuerId: string): string {
    return this.#base + signInCallbackPath.replace(':issuerId', issuerId);
  }

  /** Whether an address is one of the service itself, by http or https. */
  isOwn(url: URL): boolean {
    const own = new URL(`${this.#base}/`);
    return url.host === own.host && `${url.pathname}/`.startsWith(own.pathname);
  }

  /** The slug in an article's URL, with any query and fragment; undefined for any other URL. */
  slugOfArticle(url: URL): string | undefined {
    const prefix = new URL(this.article(''));
    if (url.host !== prefix.host || !url.pathname.startsWith(prefix.pathname)) return undefined;
    const slug = url.pathname.slice(prefix.pathname.length).replace(/\/$/, '');
    return slug === '' ? undefined : slug;
  }

  /** The whole address of a picture; that of a foreign one is stored as it is shown. */
  picture(stored: string | null): string | null {
    if (stored === null) return null;
    return stored.startsWith(picturesPath) || sizeOfOwnPicture(stored) ? this.#base + stored : stored;
  }

  /** Rendered HTML with whole addresses of the service's own pictures. Text has no `"` in it that isn't escaped. */
  picturesIn(html: string): string {
    return html.includes(ownSource)
      ? html.replaceAll(ownSource, `src="${this.#base}${ownPicturesPath}`)
      : html;
  }

  comment(articleSlug: string, commentId: string): string {
    return `${this.article(articleSlug)}#comment-${commentId}`;
  }
}
