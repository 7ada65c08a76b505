import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fillInBatches } from './support/batches.ts';

// Texts whose HTML is far longer than any text becomes now: references in them were written out without a bound. They show
// their words instead. The size of what is stored out of line is known without reading it.
const isOverlong = `octet_length(t.body_html) > 200000 AND octet_length(t.body_html) > 8 * octet_length(t.body_markdown)`;

/** As much of the words as there are characters in the source; masked addresses stay masked. */
const words = `left(t.body_text, length(t.body_markdown))`;

const html = `'<p>' || replace(replace(replace(replace(${words}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'),
  E'\\n', E'<br />\\n') || '</p>'`;

export class LongTexts1765900000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['comment', 'article_text'])
      await fillInBatches(runner, {
        table,
        missing: isOverlong,
        set: `body_html = ${html}, body_text = ${words}`,
      });
  }

  /** What was replaced can be rendered from its source at any time; nothing of the schema has changed. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
