import { type Rendered, renderMarkdown } from '../../text/markdown.ts';
import { type Profile, TextOverflow } from '../../text/markdown-parser.ts';
import { commentBody } from '../document.ts';
import { type Format, keepBody, type Unkept } from '../fields.ts';

/** Work on one text, in the form in which it goes to another thread: a comment's is converted, any is rendered. */
export type TextJob =
  | { readonly kind: 'keep'; readonly body: string; readonly bodyFormat: Format }
  | { readonly kind: 'render'; readonly markdown: string; readonly profile: Profile };

/** What comes back: stored Markdown or why there is none; a rendering or why it ended. */
export interface TextResults {
  readonly keep: string | Unkept;
  readonly render: Rendered | { readonly fault: string };
}

export type TextResult = TextResults[TextJob['kind']];

export function perform(job: TextJob): TextResult {
  if (job.kind === 'keep') return keepBody(job, commentBody);
  try {
    return renderMarkdown(job.markdown, job.profile);
  } catch (error) {
    if (error instanceof TextOverflow) return { fault: error.message };
    throw error;
  }
}
