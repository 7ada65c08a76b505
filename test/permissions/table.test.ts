/** @database either */
import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { buildSchema, type GraphQLNamedType, isInterfaceType, isObjectType } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { permissionsMarkdown, scopeRows } from './markdown.ts';
import { buildFederatedSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';
import { exceptions, federationFields, nullable, rootFields, types, typesByEnding } from './table.ts';

const schema = buildSchema(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
const shown = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && (isObjectType(type) || isInterfaceType(type)),
);
const fieldsOf = (type: GraphQLNamedType) =>
  isObjectType(type) || isInterfaceType(type)
    ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
    : [];
const others = shown.filter((type) => !roots.includes(type as never));
const endingOf = (name: string) => Object.keys(typesByEnding).find((ending) => name.endsWith(ending));

describe('the table of permissions', () => {
  it('has a row for every query, mutation and subscription, and no other one', () => {
    const fields = roots.flatMap((type) => (type ? fieldsOf(type) : []));
    expect(Object.keys(rootFields).sort()).toEqual(fields.sort());
  });

  it('has a row for every query that FEDERATION adds', () => {
    const query = buildFederatedSchema(features).getQueryType();
    const added = query ? fieldsOf(query).filter((name) => !(name in rootFields)) : [];
    expect(Object.keys(federationFields)).toEqual(added);
  });

  it('has a row for every type, by its name or by its ending', () => {
    const names = others.map(({ name }) => name);
    expect(names.filter((name) => !(name in types) && endingOf(name) === undefined)).toEqual([]);
    expect(Object.keys(types).filter((name) => !names.includes(name))).toEqual([]);
    const used = new Set(names.filter((name) => !(name in types)).map(endingOf));
    expect(Object.keys(typesByEnding).filter((ending) => !used.has(ending))).toEqual([]);
  });

  it('has an exception for every viewer field that is more than a yes or no, and no exception without a field', () => {
    const fields = others.flatMap(fieldsOf);
    expect([...Object.keys(exceptions), ...nullable].filter((name) => !fields.includes(name))).toEqual([]);
    const ownReactions = 'Comment.viewerReactions';
    const viewerFields = fields.filter((name) => /^(?!\w+Payload\.)\w+\.viewer(?!Can|Has)/.test(name));
    expect(viewerFields.filter((name) => !(name in exceptions))).toEqual([ownReactions]);
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

async function formatted(file: URL, markdown: string): Promise<string> {
  return format(markdown, { ...(await resolveConfig(file)), parser: 'markdown' });
}
