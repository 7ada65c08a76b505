import { z } from 'zod';
import { RequestError } from '../../platform/errors/errors.ts';
import { embedFilesPath } from '../../platform/http/paths.ts';
import { escapeHtml } from '../../platform/text/escape-html.ts';

/** The longest address of an article, in characters; the whole request's head is bounded as well. */
const maxAddress = 2000;

const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

/** The query of the page's address: attributes of the element, each checked. */
const query = z.object({
  article: z.string().max(maxAddress).refine(isWebAddress),
  theme: z.enum(['light', 'dark', 'auto']).optional(),
  order: z.enum(['newest', 'oldest', 'top']).optional(),
  times: z.enum(['relative', 'absolute']).optional(),
  lang: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/)
    .optional(),
  dir: z.enum(['ltr', 'rtl']).optional(),
});

/** The page that shows one thread in a frame. @throws RequestError BAD_REQUEST */
export function embedPage(given: unknown): string {
  const { success, data, error } = query.safeParse(given);
  if (!success) {
    const names = [...new Set(error.issues.map(({ path }) => String(path[0])))].join(', ');
    throw new RequestError('BAD_REQUEST', `The address of this frame has no valid ${names}.`);
  }
  const { lang = 'en', dir = 'ltr', theme, ...attributes } = data;
  const written = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join('');
  const scheme = theme === undefined ? '' : ` data-theme="${theme}"`;
  return `<!doctype html>
<html lang="${lang}" dir="${dir}"${scheme}>
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <title>Standfirst</title>
    <base target="_blank" />
    <script type="module" src="${embedFilesPath}frame.js"></script>
    <script type="module" src="${embedFilesPath}thread.js"></script>
  </head>
  <body><standfirst-thread${written}></standfirst-thread></body>
</html>
`;
}
