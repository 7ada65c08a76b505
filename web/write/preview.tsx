import { useDeferredValue, useMemo } from 'react';
// The service's own: another renderer would show another text.
import { parseMarkdown } from '../../src/text/markdown-parser.ts';
import { normaliseText } from '../../src/text/plain.ts';
import { texts } from '../texts.ts';

/**
 * The text as readers will see it. The parser takes no HTML and no links but to the web, and escapes all else; that the
 * service's sanitiser is not behind it concerns only who writes, on their own screen.
 */
export default function Preview({ body }: { readonly body: string }) {
  const settled = useDeferredValue(body);
  const html = useMemo(() => parseMarkdown(normaliseText(settled), 'article').html, [settled]);
  if (html.trim() === '') return <p className="hint">{texts.previewEmpty}</p>;
  return <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />;
}
