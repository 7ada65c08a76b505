import { escapeHtml } from '../text/escape-html.ts';

/** A URL, a text or an address that cannot be part of a mail: a fault of the code that writes it. */
export class InvalidMailError extends Error {
  override readonly name = 'InvalidMailError';
}

/** What a mail says. The texts are plain: control characters and line breaks in them become spaces. */
export interface MailContent {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** A link to a page of the site. Programs follow links, so that a GET of it must change nothing. */
  readonly button?: MailButton | undefined;
  /** What somebody does who has not expected the mail: every mail says so. */
  readonly unexpected: string;
}

/** A link, with what it leads to and what happens there: said before it is followed. */
export interface MailButton {
  readonly text: string;
  readonly url: string;
  /** `The link opens … .` */
  readonly effect: string;
}

/** A mail in its two forms. */
export interface RenderedMail {
  readonly text: string;
  readonly html: string;
}

/** Longest address for unsubscribing: with the header's name it fits a line of a message (RFC 5322, 2.1.1). */
const maxUnsubscribeLength = 900;

/** One URL in ASCII, without what ends a URL in a header or an attribute. @throws InvalidMailError */
function requireUrl(text: string, maxLength: number): string {
  // The parser of URLs would drop line breaks.
  const url = /[\s\p{C}]/u.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    !/^[!-;=?-~]+$/.test(url.href) ||
    url.href.length > maxLength
  )
    throw new InvalidMailError(
      `A link of a mail takes http:// or https://, and at most ${maxLength} characters`,
    );
  return url.href;
}

/** The subject of a mail, which names the site. */
export const subjectOf = (title: string, site: string): string => `${title} – ${site}`;

/**
 * Renders a mail: title, paragraphs, one button, what to do about a mail that was not expected, which site has sent it, and how
 * to get no more of its kind.
 * @param site the name of the site
 * @throws InvalidMailError for a link that is none
 */
export function renderMail(content: MailContent, site: string, unsubscribeUrl?: string): RenderedMail {
  const title = lineOf(content.title);
  const paragraphs = [...content.paragraphs, ...(content.button ? [content.button.effect] : [])].map(lineOf);
  const after = [content.unexpected, `This mail was sent by ${site}.`].map(lineOf);
  const button = content.button && {
    text: lineOf(content.button.text),
    url: requireUrl(content.button.url, 2000),
  };
  const unsubscribe = unsubscribeUrl === undefined ? undefined : requireUnsubscribeUrl(unsubscribeUrl);
  const text = [
    title,
    ...paragraphs,
    ...(button ? [`${button.text}:\n${button.url}`] : []),
    ...after,
    // The signature's mark: programs for mail set apart what follows.
    ...(unsubscribe === undefined ? [] : [`-- \n${unsubscribeText}:\n${unsubscribe}`]),
  ].join('\n\n');
  const body = [
    `<h1 style="font-size:1.25rem;line-height:1.3">${withIsolates(title)}</h1>`,
    ...paragraphs.map((paragraph) => `<p>${withIsolates(paragraph)}</p>`),
    ...(button
      ? [`<p><a href="${escapeHtml(button.url)}" style="${buttonStyle}">${escapeHtml(button.text)}</a></p>`]
      : []),
    ...after.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(unsubscribe === undefined
      ? []
      : [
          `<p style="margin-top:2rem;font-size:.85rem"><a href="${escapeHtml(unsubscribe)}">${unsubscribeText}</a></p>`,
        ]),
  ].join('\n');
  return { text: `${text}\n`, html: page(title, body) };
}

/** The address for unsubscribing as a header has it. @throws InvalidMailError */
export const requireUnsubscribeUrl = (text: string): string => requireUrl(text, maxUnsubscribeLength);

/** A line as HTML. What was isolated in it is an element: not all programs for mail know the characters. */
const withIsolates = (line: string): string =>
  escapeHtml(line).replace(/\u2068([^\u2066-\u2069]*)\u2069/gu, '<bdi dir="auto" lang="">$1</bdi>');

const unsubscribeText = 'Get no more mails of this kind';

const buttonStyle =
  'display:inline-block;padding:.6rem 1.1rem;border-radius:4px;background:#1a4480;color:#fff;text-decoration:none';

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="margin:0 auto;padding:1rem;max-width:36rem;font:1rem/1.5 sans-serif;overflow-wrap:anywhere">
${body}
</body>
</html>
`;

const lineOf = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
