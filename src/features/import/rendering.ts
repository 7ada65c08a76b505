import { renderMarkdown, type Rendered } from '../../platform/text/markdown.ts';
import { type Profile, TextOverflow } from '../../platform/text/markdown-parser.ts';
import { ImportRefusal } from './faults.ts';

/** A rendering, or the fault of a text whose rendering becomes too long, or takes too much time. */
export type TriedRendering = Rendered | { readonly fault: string };

export function tryRendering(markdown: string, profile: Profile): TriedRendering {
  try {
    return renderMarkdown(markdown, profile);
  } catch (error) {
    if (error instanceof TextOverflow) return { fault: error.message };
    throw error;
  }
}

/**
 * @param path the path of the text in its document
 * @throws ImportRefusal for a fault
 */
export function requireRendering(rendered: TriedRendering, path: readonly PropertyKey[]): Rendered {
  if ('fault' in rendered) throw ImportRefusal.of(path, rendered.fault);
  return rendered;
}

/** Renders a text of a document. @throws ImportRefusal */
export const renderImported = (markdown: string, profile: Profile, path: readonly PropertyKey[]): Rendered =>
  requireRendering(tryRendering(markdown, profile), path);
