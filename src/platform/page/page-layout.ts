import { licencesPath, pageRoutes } from '../http/paths.ts';
import { initialOf } from '../text/plain.ts';
import { siteName } from '../text/site-name.ts';
import { html, type Html, noscript } from './html.ts';
import { texts } from './page-texts.ts';

/*
 * HTML that is on show until the page's script takes over. Elements, classes and texts are those of the components of
 * the same names in `web/`, so that everything stays at its place. Controls that need a script or a session are present
 * but invisible (`is-reserved`): they keep their space; the account's menu, which differs from reader to reader, is an
 * element without a role until there is something in it. Inline styles are forbidden by the Content-Security-Policy.
 */

/** The whole page around its content. */
export function layout(content: Html): Html {
  return html`<a class="skip-link" href="#main" data-served>${texts.skipToContent}</a>
    <header class="site-header" data-served>
      <div class="site-header-inner">
        <a href="${pageRoutes.front}" class="site-name">${siteName}</a>
        <p class="site-line">${texts.siteLine}</p>
        <form role="search" class="search-box" action="${pageRoutes.search}">
          <input
            dir="auto"
            lang=""
            type="search"
            name="q"
            aria-label="${texts.searchLabel}"
            placeholder="${texts.searchPlaceholder}"
          /><button type="submit">${texts.searchButton}</button>
        </form>
        <div class="account-menu"></div>
      </div>
    </header>
    <main id="main" tabindex="-1" data-served>${content}</main>
    <footer class="site-footer" data-served>
      <p>${texts.footer}</p>
      <p><a href="/graphql">${texts.explorer}</a></p>
      <p><a href="${licencesPath}">${texts.licences}</a></p>
    </footer>`;
}

interface Person {
  readonly name: string;
  readonly photoUrl: string | null;
}

/** A person's picture, or the initial of the name. @param size a size that the styles know, in pixels */
export function portrait({ name, photoUrl }: Person, size: 24 | 48): Html {
  if (photoUrl === null)
    return html`<span class="portrait is-${size} is-monogram" aria-hidden="true">${initialOf(name)}</span>`;
  return html`<img
    class="portrait is-${size}"
    src="${photoUrl}"
    alt=""
    width="${size}"
    height="${size}"
    loading="lazy"
    referrerpolicy="no-referrer"
  />`;
}

/** Content for readers without scripts, where the script makes the whole page. */
export const withoutScripts = (content: Html, form: 'page' | 'page narrow-page' = 'page'): Html =>
  noscript(html`<main class="${form}">${content}</main>`);

/** A heading and a sentence in place of what only a script can show, or of what is not there. */
export const noContent = (heading: string, sentence: string): Html =>
  withoutScripts(
    html`<h1>${heading}</h1>
      <p>${sentence}</p>
      <p><a href="${pageRoutes.front}">${texts.toFront}</a></p>`,
    'page narrow-page',
  );
