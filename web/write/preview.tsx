import { useDeferredValue, useMemo } from 'react';
// The service's own parser: another one would show a different text.
import { withDirections } from '../../src/platform/text/html-directions.ts';
import { parseMarkdown, TextOverflow } from '../../src/platform/text/markdown-parser.ts';
import { normaliseText } from '../../src/platform/text/plain.ts';
import { texts } from '../texts.ts';

/** The HTML of a text; undefined if it is too long, so that the service would refuse it. */
function htmlOf(body: string): string | undefined {
  try {
    return withDirections(parseMarkdown(normaliseText(body), 'article').html);
  } catch (error) {
    if (error instanceof TextOverflow) return undefined;
    throw error;
  }
}

/**
 * The text as readers will see it. The parser accepts no HTML and only web links, and escapes everything else. The
 * service's sanitiser is not applied here, which concerns only the author, on their own screen.
 */
export default function Preview({ body }: { readonly body: string }) {
  const settled = useDeferredValue(body);
  const html = useMemo(() => htmlOf(settled), [settled]);
  if (html === undefined) return <p className="hint">{texts.previewTooLong}</p>;
  if (html.trim() === '') return <p className="hint">{texts.previewEmpty}</p>;
  return <div className="prose" lang="" dangerouslySetInnerHTML={{ __html: html }} />;
}
