/** Requests and settings of the bare page, set before its script runs. */
export interface BareSettings {
  /** The query and the subscription as the readers' page sent them. */
  readonly page: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };
  readonly subscription: string;
  readonly token: string | undefined;
  /** Number of initial lines; the comments of the first page are repeated to reach it. */
  readonly lines: number;
}

/*
 * A minimal page with the content of the readers' page: the same query by `fetch`, the same subscription by graphql-ws
 * as in its documentation, and a line of text for each comment and each event. No cache, ordering, windowing, links or
 * framework. The class names are those of the readers' page, so that the same probe works on both.
 */

export const barePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Bare</title>
    <link rel="icon" href="/assets/favicon.svg" />
    <script type="module" src="/assets/bare.js"></script>
  </head>
  <body>
    <h1></h1>
    <p class="discussion-title"><span class="live-mark"></span> <span class="count"></span></p>
    <div class="thread-rows"></div>
  </body>
</html>
`;

export const bareScript = `import { createClient } from './client.js';

const { page, subscription, token, lines } = globalThis.bareSettings;
const authorization = token && 'Bearer ' + token;
const rows = document.querySelector('.thread-rows');
const plain = new DOMParser();
const textOf = (html) => plain.parseFromString(html ?? '', 'text/html').body.textContent;

function button(name, text, onClick) {
  const made = document.createElement('button');
  made.className = name;
  made.textContent = text;
  made.addEventListener('click', onClick);
  return made;
}

function replyTo(row) {
  const form = document.createElement('form');
  const text = document.createElement('textarea');
  const send = button('button-primary', 'Reply', () => {});
  form.append(text, send);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.remove();
    addLine(text.value);
  });
  row.append(form);
  text.focus();
}

function addLine(text, id) {
  const row = document.createElement('div');
  const line = document.createElement('p');
  row.className = 'thread-row';
  if (id) row.id = 'comment-' + id;
  line.textContent = text;
  row.append(
    line,
    button('fold-button', 'Fold', () => (line.hidden = !line.hidden)),
    button('link-button', 'Reply', () => replyTo(row)),
  );
  rows.append(row);
}

const response = await fetch('/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
  body: JSON.stringify(page),
});
const { article } = (await response.json()).data;
document.querySelector('h1').textContent = article.title;
const count = document.querySelector('.count');
count.textContent = article.commentCount;
const { nodes } = article.allComments;
for (let made = 0; made < Math.max(lines, nodes.length); made++) {
  const node = nodes[made % nodes.length];
  addLine(textOf(node.bodyHtml), made < nodes.length ? node.id : undefined);
}
document.getElementById(location.hash.slice(1))?.scrollIntoView();

createClient({
  url: '/graphql',
  ...(authorization && { connectionParams: { authorization } }),
}).subscribe(
  { query: subscription, variables: { articleId: article.id, after: article.liveCursor } },
  {
    next: ({ data }) => {
      const event = data.articleEvents;
      if (event.__typename === 'ArticleCheckpoint') {
        document.querySelector('.live-mark').className = 'live-mark is-live';
        return;
      }
      addLine(event.__typename + ': ' + textOf(event.comment?.bodyHtml));
      count.textContent = event.comment?.article.commentCount;
    },
    error: (error) => console.error(error),
    complete: () => {},
  },
);
`;
