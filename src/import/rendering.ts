import { renderMarkdown, type Rendered } from '../text/markdown.ts';
import { type Profile, TextOverflow } from '../text/markdown-parser.ts';
import { ImportRefusal } from './faults.ts';

/**
 * Renders a text of a document.
 * @param path the path of the text in the document
 * @throws ImportRefusal for a text whose rendering becomes too long, or takes too much time
 */
export function renderImported(markdown: string, profile: Profile, path: readonly PropertyKey[]): Rendered {
  try {
    return renderMarkdown(markdown, profile);
  } catch (error) {
    if (!(error instanceof TextOverflow)) throw error;
    throw ImportRefusal.of(path, error.message);
  }
}
