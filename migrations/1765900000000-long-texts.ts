import type { MigrationInterface, QueryRunner } from 'typeorm';

// Texts whose HTML is far longer than any text becomes now: references in them were written out without a bound. They show
// their words instead. The size of what is stored out of line is known without reading it.
const isOverlong = `octet_length(body_html) > 200000 AND octet_length(body_html) > 8 * octet_length(body_markdown)`;

/** As much of the words as there are characters in the source; masked addresses stay masked. */
const words = `left(body_text, length(body_markdown))`;

const html = `'<p>' || replace(replace(replace(replace(${words}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'),
  E'\\n', E'<br />\\n') || '</p>'`;

export class LongTexts1765900000000 implements MigrationInterface {
  name = 'LongTexts1765900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['comment', 'article_text'])
      await runner.query(`UPDATE ${table} SET body_html = ${html}, body_text = ${words} WHERE ${isOverlong}`);
  }

  /** What was replaced can be rendered from its source at any time; nothing of the schema has changed. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
