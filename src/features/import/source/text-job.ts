import type { Profile } from '../../../platform/text/markdown-parser.ts';
import { commentBody } from '../document.ts';
import { type Format, keepBody, type Unkept } from '../fields.ts';
import { type TriedRendering, tryRendering } from '../rendering.ts';

/** A message to the thread: the text of a comment to convert, or any text to render. */
export type TextJob =
  | { readonly kind: 'keep'; readonly body: string; readonly bodyFormat: Format }
  | { readonly kind: 'render'; readonly markdown: string; readonly profile: Profile };

/** The answers: Markdown to store or its fault, a rendering or its fault. */
export interface TextResults {
  readonly keep: string | Unkept;
  readonly render: TriedRendering;
}

export type TextResult = TextResults[TextJob['kind']];

export const perform = (job: TextJob): TextResult =>
  job.kind === 'keep' ? keepBody(job, commentBody) : tryRendering(job.markdown, job.profile);
