import { Refusal } from '../../../platform/errors/errors.ts';
import { isVisible } from '../../../platform/text/plain.ts';
import { requireRendered, requireText } from '../../../platform/text/rules.ts';
import type { CommentLimits } from '../thread/comment.policy.ts';
import type { RenderedBody } from '../held/held-edit.queries.ts';

/** @throws Refusal TOO_LONG, EMPTY_TEXT */
export async function renderComment(
  body: string,
  { maxLength }: Pick<CommentLimits, 'maxLength'>,
): Promise<RenderedBody> {
  const markdown = requireText(body, { field: 'body', max: maxLength });
  const { html, text } = await requireRendered(markdown, { field: 'body', profile: 'comment' });
  // Markdown can contain marks without text, such as a rule or an empty quotation.
  if (!isVisible(text)) throw new Refusal('EMPTY_TEXT', ['body']);
  return { markdown, html, text };
}
