import { createHash } from 'node:crypto';
import { escapeHtml } from '../../../platform/text/escape-html.ts';

const style = `
body { margin: 0 auto; padding: 1rem; max-width: 36rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.3; }
button { font: inherit; padding: .6rem 1.1rem; border: 0; border-radius: 4px; background: #1a4480; color: #fff; cursor: pointer; }
a { color: #1a4480; }
@media (prefers-color-scheme: dark) {
  body { background: #16181d; color: #e8e8e8; }
  button { background: #a9c8ff; color: #10131a; }
  a { color: #a9c8ff; }
}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** Headers of the pages. Their address is all that ends the mails, so that no other site may learn it. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; ` +
    `frame-ancestors 'none'; base-uri 'none'`,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;

const listOf = (kinds: readonly string[]): string =>
  `<ul>\n${kinds.map((kind) => `<li>${escapeHtml(kind)}</li>`).join('\n')}\n</ul>`;

/** Asks before anything is changed. @param kinds names of what the mails tell of */
export const askPage = (kinds: readonly string[]): string =>
  kinds.length === 0
    ? page('You get no such mails', '<p>They have ended already.</p>')
    : page(
        'Get no more mails of this kind?',
        `<p>You will get no more mails about:</p>\n${listOf(kinds)}
<form method="post"><button type="submit">Get no more of them</button></form>`,
      );

export const donePage = page(
  'You get no more mails of this kind',
  '<p>A mail that is on its way may still arrive. In your account you can choose anew at any time.</p>',
);

export const unknownPage = page(
  'This link ends no mails',
  '<p>It is incomplete, or its account is gone. Signed in, you choose in your account which mails you get.</p>',
);
