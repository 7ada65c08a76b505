import type { Gates } from './rules.ts';
import { exceptions, rootFields, types, typesByEnding } from './table.ts';

const code = (text: string): string => `\`${text}\``;

function conditions(gates: Gates): string {
  if (gates.length === 0) return 'for everybody';
  return gates
    .map(([rule, answer]) => `${rule.text} – else ${answer === 'null' ? 'null' : code(answer)}`)
    .join('<br>');
}

const rows = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([name, text]) => `| ${name} | ${text} |`).join('\n');

const roots = (type: string): string =>
  rows(
    Object.entries(rootFields)
      .filter(([name]) => name.startsWith(`${type}.`))
      .map(([name, gates]) => [code(name.slice(type.length + 1)), conditions(gates)]),
  );

/** `docs/permissions.md`, as the table says it. */
export function permissionsMarkdown(): string {
  const kinds = Object.entries(types).map(
    ([name, row]) => [code(name), 'rule' in row ? `whoever, as “you”: ${row.rule.text}` : row.text] as const,
  );
  const endings = Object.entries(typesByEnding).map(([name, text]) => [code(`…${name}`), text] as const);
  return `# Who may do what

Written by \`UPDATE_GOLDEN=1 npm test -- test/permissions\` from [the table](../test/permissions/table.ts) that the tests go
by: they fail for an element of the schema that has no row, and try every row as everybody.

Conditions are looked at in their order; the first one that you do not meet gives the answer. Of what you may not see you learn
nothing, not even that it exists: it is null, or \`NOT_FOUND\`. Every account is a reader; editors and administrators are
moderators too. A suspended account reads what anybody may read, and what it wrote itself. What the codes mean stands in
[errors.md](errors.md).

## Queries

| field | you |
| --- | --- |
${roots('Query')}

## Mutations

| field | you |
| --- | --- |
${roots('Mutation')}

Doing again what is done already is answered with success and changes nothing: reacting twice, removing what is removed, restoring
or approving what is public. The fields \`viewerCan…\` say whether the mutation would do something.

## Subscriptions

| field | you |
| --- | --- |
${roots('Subscription')}

A stream ends as soon as its viewer no longer sees the article.

## Types

All fields of a type are for whoever is shown an object of it, but for the exceptions below.

| type | is shown to |
| --- | --- |
${rows([...kinds, ...endings])}

## Fields for fewer

| field | you |
| --- | --- |
${rows(Object.entries(exceptions).map(([name, gates]) => [code(name), conditions(gates)]))}
`;
}
