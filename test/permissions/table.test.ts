/** @database either */
import { describe, expect, it } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { buildSchema, type GraphQLNamedType, isInterfaceType, isObjectType } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { permissionsMarkdown, scopeRows } from './markdown.ts';
import { buildFederatedSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';
import { permissions } from './all.ts';
import { isTriedElsewhere } from './declaration.ts';
import { isOfFederation, typesByEnding } from './platform.ts';
import { fields, joined, mutations, predictions, queries, roots, subscriptions, types } from './table.ts';

const schema = buildSchema(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
const shown = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && (isObjectType(type) || isInterfaceType(type)),
);
const fieldsOf = (type: GraphQLNamedType) =>
  isObjectType(type) || isInterfaceType(type)
    ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
    : [];
const others = shown.filter((type) => !rootTypes.includes(type as never));
const endingOf = (name: string) => Object.keys(typesByEnding).find((ending) => name.endsWith(ending));

describe('the table of permissions', () => {
  it('has a row for every query, mutation and subscription, and no other one', () => {
    const declared = Object.entries(roots).flatMap(([root, rows]) =>
      Object.keys(rows).map((name) => `${root}.${name}`),
    );
    const inSchema = rootTypes.flatMap((type) => (type ? fieldsOf(type) : []));
    expect(declared.filter((name) => !name.startsWith('Query._')).sort()).toEqual(inSchema.sort());
  });

  it('has a row for every query that FEDERATION adds', () => {
    const query = buildFederatedSchema(features).getQueryType();
    const added = Object.keys(query?.getFields() ?? {}).filter(
      (name) => !schema.getQueryType()?.getFields()[name],
    );
    expect(Object.keys(queries).filter(isOfFederation).sort()).toEqual(added.sort());
  });

  it('has no element that two features declare', () => {
    const twice = [...permissions, ...permissions.slice(1, 2)];
    expect(() => joined(twice, (one) => one.types)).toThrow(/^Two features declare \w+$/);
  });

  it('names tests that exist, and speak of the element', async () => {
    const rows = { ...subscriptions, ...queries, ...mutations };
    const named = [
      ...Object.entries(rows).map(([name, row]) => [name, 'tried' in row ? row.tried : undefined] as const),
      ...Object.entries(predictions).map(([name, by]) => [
        name.split('.')[1] ?? '',
        isTriedElsewhere(by) ? by.tried : undefined,
      ]),
    ];
    const wrong: string[] = [];
    for (const [name = '', tried] of named)
      if (tried !== undefined && !(await textOf(tried)).includes(name)) wrong.push(`${name}: ${tried}`);
    expect(wrong).toEqual([]);
  });

  it('has a row for every type, by its name or by its ending', () => {
    const names = others.map(({ name }) => name);
    expect(names.filter((name) => !(name in types) && endingOf(name) === undefined)).toEqual([]);
    expect(Object.keys(types).filter((name) => !names.includes(name))).toEqual([]);
    const used = new Set(names.filter((name) => !(name in types)).map(endingOf));
    expect(Object.keys(typesByEnding).filter((ending) => !used.has(ending))).toEqual([]);
  });

  it('has an exception for every viewer field that is more than a yes or no, and no exception without a field', () => {
    const all = others.flatMap(fieldsOf);
    expect(Object.keys(fields).filter((name) => !all.includes(name))).toEqual([]);
    const ownReactions = 'Comment.viewerReactions';
    const viewerFields = all.filter((name) => /^(?!\w+Payload\.)\w+\.viewer(?!Can|Has)/.test(name));
    expect(viewerFields.filter((name) => !(name in fields))).toEqual([ownReactions]);
  });

  it('predicts mutations that there are', () => {
    const predicted = Object.values(predictions).flatMap((by) => (isTriedElsewhere(by) ? by.mutations : by));
    expect(predicted.filter((name) => !(name in mutations))).toEqual([]);
  });

  it('is what docs/permissions.md says', async () => {
    const file = new URL('../../docs/permissions.md', import.meta.url);
    const markdown = await formatted(file, permissionsMarkdown(schema));
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, markdown);
    expect(await readFile(file, 'utf8')).toBe(markdown);
  });

  it('has the scopes that docs/tokens.md explains', async () => {
    const file = new URL('../../docs/tokens.md', import.meta.url);
    const present = await readFile(file, 'utf8');
    const table = `| scope | opens |\n| --- | --- |\n${scopeRows(schema)}\n`;
    const markdown = await formatted(file, present.replace(/^\| scope .*\n(?:\|.*\n)+/m, table));
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, markdown);
    expect(await readFile(file, 'utf8')).toBe(markdown);
  });
});

/** The source of the tests in a file or a folder, with what of `test/support/` they import. */
async function textOf(path: string): Promise<string> {
  const url = new URL(`../../${path}`, import.meta.url);
  if (path.endsWith('.ts')) {
    const text = await readFile(url, 'utf8');
    const imported = text.matchAll(/from '(?:\.\.\/)+(support\/[\w-]+\.ts)'/g);
    const support = [...imported].map(([, file]) => readFile(new URL(`../${file}`, import.meta.url), 'utf8'));
    return [text, ...(await Promise.all(support))].join('');
  }
  const files = await readdir(url, { recursive: true });
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  return (await Promise.all(tests.map((file) => textOf(`${path}/${file}`)))).join('');
}

async function formatted(file: URL, markdown: string): Promise<string> {
  return format(markdown, { ...(await resolveConfig(file)), parser: 'markdown' });
}
