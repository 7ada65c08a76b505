import { html, Html, noscript } from './html.ts';
import type { ListedArticle, PageArticle } from './page-operations.ts';

const address = (article: { readonly slug: string }) => `/articles/${encodeURIComponent(article.slug)}`;

/** An article to be read without scripts. */
export function articleContent(article: PageArticle): Html {
  const { author, publishedAt, standfirst } = article;
  const time = publishedAt && html`<time datetime="${publishedAt}">${publishedAt.slice(0, 10)}</time>`;
  return noscript(
    html`<article>
      <h1><a href="${address(article)}">${article.title}</a></h1>
      ${standfirst && html`<p>${standfirst}</p>`}
      <p><a href="/journalists/${encodeURIComponent(author.slug)}">${author.name}</a> ${time}</p>
      ${new Html(article.bodyHtml)}
    </article>`,
  );
}

/** A list of articles to be followed without scripts. */
export function listContent(heading: string, articles: readonly ListedArticle[]): Html {
  const items = articles.map(
    (article) =>
      html`<li>
        <a href="${address(article)}">${article.title}</a>
        ${article.standfirst && html`<p>${article.standfirst}</p>`}
      </li>`,
  );
  return noscript(
    html`<h1>${heading}</h1>
      <ul>
        ${items}
      </ul>`,
  );
}
