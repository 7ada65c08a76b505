import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fillInBatches } from './support/batches.ts';

// Texts whose HTML is far longer than the present limit: their link references were expanded without a bound. They are
// replaced by their plain words. The size of values stored out of line is known without reading them.
const isOverlong = `octet_length(t.body_html) > 200000 AND octet_length(t.body_html) > 8 * octet_length(t.body_markdown)`;

/** As many characters of the words as the source has; masked addresses stay masked. */
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

  /** The replaced HTML can be rendered from its source at any time, and the schema has not changed. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
