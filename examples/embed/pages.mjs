// The pages of the demo site. Each shows another way; `address` is that of the service.

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const names = {
  '/': 'Pop-up sign-in',
  '/host-login': 'Login of this site',
  '/new': 'Of its own',
  '/two': 'Two discussions',
  '/dark': 'Dark',
  '/german': 'Auf Deutsch',
  '/frame': 'In a frame',
};

const article = (address, slug) => escape(`${address}/articles/${slug}`);
const boat = 'the-last-boat-at-ten-past-eight';
const kelp = 'who-owns-the-kelp';

const layout = (
  path,
  { address, lang = 'en', theme = '', title, story, content, scripts = '' },
) => `<!doctype html>
<html lang="${lang}"${theme}>
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} – The Demo</title>
    <link rel="stylesheet" href="/site.css" />
    <link rel="icon" href="/icon.svg" />
    <script type="module" src="${escape(address)}/embed/thread.js"></script>${scripts}
  </head>
  <body>
    <header>
      <strong>The Demo</strong>
      <nav>${Object.entries(names)
        .map(([to, name]) => `<a href="${to}"${to === path ? ' aria-current="page"' : ''}>${name}</a>`)
        .join(' ')}</nav>
    </header>
    <main>
      <h1>${title}</h1>
      ${story}
      ${content}
    </main>
  </body>
</html>
`;

const english = `<p>The timetable of the ferry is a page of the printed almanac, and it has not changed since the harbour was
dredged. This text stands for an article of the site; the discussion below it is the service’s.</p>`;
const deutsch = `<p>Der Fahrplan der Fähre ist eine Seite im gedruckten Almanach. Dieser Text steht für einen Artikel der
Website; die Diskussion darunter kommt vom Dienst.</p>`;

// #region pages
export const pages = {
  // A reader signs in on the service's own page, in a pop-up.
  '/': ({ address }) =>
    layout('/', {
      address,
      title: 'The last boat',
      story: english,
      content: `<standfirst-thread article="${article(address, boat)}"></standfirst-thread>`,
    }),

  // A reader has signed in at this site: the element asks /comment-token, which answers 204 if nobody has.
  '/host-login': ({ address, reader }) =>
    layout('/host-login', {
      address,
      title: 'With the login of this site',
      story: reader
        ? `<form method="post" action="/logout"><p>You are ${escape(reader.name)}. <button>Sign out of this site</button></p></form>`
        : `<form method="post" action="/login"><p><button>Sign in to this site as Ida Example</button></p></form>`,
      content: `<standfirst-thread article="${article(address, boat)}" token-url="/comment-token"></standfirst-thread>`,
    }),

  // The service knows nothing of this page: the first comment begins the discussion. Without `article` it is the page's own.
  '/new': ({ address }) =>
    layout('/new', {
      address,
      title: 'A page of its own',
      story: english,
      content: '<standfirst-thread></standfirst-thread>',
    }),

  // Both share the file, one login and one socket.
  '/two': ({ address }) =>
    layout('/two', {
      address,
      title: 'Two discussions on one page',
      story: english,
      content: `<h2>The boat</h2><standfirst-thread article="${article(address, boat)}"></standfirst-thread>
      <h2>The kelp</h2><standfirst-thread article="${article(address, kelp)}" order="oldest"></standfirst-thread>`,
    }),

  // The element takes the colour scheme of the page; the style sheet of this page sets a colour of its own as well.
  '/dark': ({ address }) =>
    layout('/dark', {
      address,
      theme: ' class="dark"',
      title: 'The last boat, at night',
      story: english,
      content: `<standfirst-thread article="${article(address, boat)}" class="branded"></standfirst-thread>`,
    }),

  // Numbers and times follow the language of the page; german.mjs gives the words.
  '/german': ({ address }) =>
    layout('/german', {
      address,
      lang: 'de',
      title: 'Das letzte Boot',
      story: deutsch,
      scripts: '<script type="module" src="/german.mjs"></script>',
      content: `<standfirst-thread article="${article(address, boat)}"></standfirst-thread>`,
    }),

  // For sites that let no script of another site run in their pages. resize.mjs makes the frame as tall as its content.
  '/frame': ({ address }) =>
    layout('/frame', {
      address,
      title: 'In a frame',
      story: english,
      scripts: '<script type="module" src="/resize.mjs"></script>',
      content: `<iframe class="thread" title="Comments" src="${escape(`${address}/embed?article=${encodeURIComponent(`${address}/articles/${boat}`)}`)}"></iframe>`,
    }),
};
// #endregion pages
