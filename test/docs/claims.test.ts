/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };
import { readFile } from 'node:fs/promises';
import { fundingNotifications } from '../../src/features/funding/campaign/funding-notifications.ts';
import { buildASTSchema } from 'graphql';
import { readSchema } from '../support/generate-types.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

it('the page on funding says of which notifications backers are mailed, and how often', async () => {
  const section = /### What backers are told\n(.*?)\n## /s.exec(await read('docs/funding.md'))?.[1] ?? '';
  const said = [...section.matchAll(/^\| `(\w+)` +\|.*\| `(\w+)` +\|$/gm)].map(([, kind, often]) => [
    kind,
    often,
  ]);
  const kinds = Object.entries(fundingNotifications).map(([kind, { mail }]) => [kind, mail]);
  expect(said.sort()).toEqual(kinds.sort());
});

it('the readme of the client says which scalars are no strings', async () => {
  const others = Object.entries(scalars).filter(([, type]) => type !== 'string');
  expect(others).toEqual([['SafeInt', 'number']]);
  expect(await read('packages/client/README.md')).toContain(
    'all are strings but `SafeInt`, which is a number |',
  );
});

it('the operations that the guide calls not deprecated are so', async () => {
  const [, list = ''] =
    /((?:`\w+`(?:, | and )?)+) are not deprecated/.exec(await read('docs/integrators.md')) ?? [];
  const named = [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const schema = buildASTSchema(await readSchema());
  const fields = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() };
  expect(named).toHaveLength(3);
  const deprecated = named.filter((name) => fields[name]?.deprecationReason !== undefined);
  expect({ deprecated, unknown: named.filter((name) => !(name in fields)) }).toEqual({
    deprecated: [],
    unknown: [],
  });
});
