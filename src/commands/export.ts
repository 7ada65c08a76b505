import { rename, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { commandLine } from '../platform/config/command-line.ts';
import { runCommand, UsageError, withDatabase } from './command.ts';
import { selectHasCampaign } from '../features/funding/campaign/campaign.queries.ts';
import { exportArticle, ExportRefusal } from '../features/import/export.service.ts';

const usage = `Usage: ${commandLine('export', 'SLUG [--out FILE]')}

Writes a published article with its public history as a document for "${commandLine('import')}", to the standard output
or to FILE. With npm, "npm run --silent export" keeps npm's own lines out of the output. The document has the sources of
all texts: e-mail addresses that the site masks are in it. It has nothing of the article's campaign.

Exit code: 0 written, 1 failed, 2 wrongly called.
`;

/** Writes a file completely or not at all. */
async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

await runCommand(async (args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [slug, ...more] = positionals;
  if (slug === undefined || more.length > 0) throw new UsageError('One SLUG is needed.');
  try {
    const [document, hasCampaign] = await withDatabase(
      async ({ db }) => [await exportArticle(db, slug), await selectHasCampaign(db, slug)] as const,
    );
    if (hasCampaign) process.stderr.write('The campaign of the article is not in the document.\n');
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (values.out === undefined) process.stdout.write(text);
    else await writeWhole(values.out, text);
    return 0;
  } catch (error) {
    if (!(error instanceof ExportRefusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}, usage);
