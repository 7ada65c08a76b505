/**
 * Tables of the documents that are made of what the features declare. `UPDATE_GOLDEN=1 npm test -- test/docs/declared-tables`
 * rewrites them.
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isInputObjectType } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { features } from '../../src/app/features.ts';
import { errorCodesOf, eventsOf, notificationsOf, textsOf } from '../../src/platform/feature/gather.ts';
import { typeOfEvent } from '../../src/platform/graphql/article-events.ts';
import type { WrittenText } from '../../src/platform/text/written-text.ts';
import { committedSchema } from '../support/everything.ts';

const root = join(import.meta.dirname, '../..');

interface Table {
  readonly page: string;
  /** The line before the table. */
  readonly mark: string;
  readonly rows: readonly (readonly [string, ...string[]])[];
}

/** The fields of inputs that take each text that people write. */
const inputsOf = new Map<WrittenText, string[]>();
for (const [path, text] of Object.entries(textsOf(features)))
  if (typeof text === 'object' && isInputObjectType(committedSchema.getType(path.split('.')[0] ?? '')))
    inputsOf.set(text, [...(inputsOf.get(text) ?? []), `\`${path}\``]);

const forms: Readonly<Record<WrittenText['form'], string>> = {
  LINE: 'one line',
  TEXT: 'plain text',
  MARKDOWN: 'Markdown',
};

const tables: readonly Table[] = [
  {
    page: 'docs/moderation.md',
    mark: '<!-- declared: texts -->',
    rows: [
      ['sent as', 'form', 'characters at most', 'passes the phases'],
      ...[...inputsOf].map(
        ([{ form, max, screening }, inputs]) =>
          [
            inputs.join(', '),
            forms[form],
            typeof max === 'number' ? max.toLocaleString('en-GB') : '`MAX_COMMENT_LENGTH`',
            screening === 'PHASES' ? 'yes' : 'no',
          ] as const,
      ),
    ],
  },
  {
    page: 'docs/notifications.md',
    mark: '<!-- declared: notifications -->',
    rows: [
      ['kind', 'what the account is told', 'is listed while', 'by mail'],
      ...Object.entries(notificationsOf(features)).map(
        ([kind, { describe: told, listedWhile, mail }]) =>
          [`\`${kind}\``, told, listedWhile, `\`${mail}\``] as const,
      ),
    ],
  },
  {
    page: 'docs/live.md',
    mark: '<!-- declared: events -->',
    rows: [
      ['event', 'what to do'],
      ...Object.entries(eventsOf(features)).map(
        ([kind, { react }]) => [`\`${typeOfEvent(kind)}\``, react] as const,
      ),
    ],
  },
  {
    page: 'docs/errors.md',
    mark: '<!-- declared: errors -->',
    rows: [
      ['code', 'cause', 'remedy'],
      ...Object.entries(errorCodesOf(features)).map(
        ([code, { when, react }]) => [`\`${code}\``, when, react] as const,
      ),
    ],
  },
];

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

describe.each(tables)('$page', ({ page, mark, rows: [head = [''], ...rows] }) => {
  it('has the table that the features declare', async () => {
    const file = join(root, page);
    const text = await readFile(file, 'utf8');
    const [before = '', after] = text.split(`${mark}\n`);
    if (after === undefined) throw new Error(`${page} has no ${mark}`);
    const rest = after.replace(/^\s*(?:\|.*\n)*/, '');
    const table = [head, head.map(() => '---'), ...rows].map(lineOf).join('');
    const config = (await resolveConfig(file)) ?? {};
    const expected = await format(`${before}${mark}\n\n${table}\n${rest}`, { ...config, parser: 'markdown' });
    if (process.env.UPDATE_GOLDEN) await writeFile(file, expected);
    else expect(text).toBe(expected);
  });
});
