import type { ASTNode, StringValueNode } from 'graphql';

/** One function for each kind of node in a document that a client sends; `${}` makes literals of the enum's members. */
type Printers = {
  readonly [Kind in ASTNode['kind'] as `${Kind}`]?: (node: Extract<ASTNode, { kind: Kind }>) => string;
};

/** The line length above which graphql's printer puts each argument of a field on a line of its own. */
const maxLineLength = 80;

const all = (nodes: readonly ASTNode[] | undefined, separator: string): string =>
  (nodes ?? []).map(print).join(separator);

const wrap = (start: string, text: string, end = ''): string => (text === '' ? '' : start + text + end);

const words = (...texts: string[]): string => texts.filter((text) => text !== '').join(' ');

const indented = (nodes: readonly ASTNode[]): string =>
  `\n${all(nodes, '\n')}`.replaceAll('\n', '\n  ') + '\n';

/** A text on a line before what it describes. */
const described = (description: StringValueNode | undefined, text: string): string =>
  (description ? `${print(description)}\n` : '') + text;

const blockString = (value: string): string => {
  const isOneLine = !/[\n\r]/.test(value);
  const isTall = !isOneLine || value.length > 70 || /["\\]$/.test(value);
  // A reader would take the blanks before the only line for an indentation if that line were not the first.
  const start = isTall && !(isOneLine && /^[\t ]/.test(value)) ? '\n' : '';
  return `"""${start}${value.replaceAll('"""', String.raw`\"""`)}${isTall ? '\n' : ''}"""`;
};

const printers: Printers = {
  Document: ({ definitions }) => all(definitions, '\n\n'),
  OperationDefinition({ description, operation, name, variableDefinitions, directives, selectionSet }) {
    const line = all(variableDefinitions, ', ');
    const variables = line.includes('\n') ? `(\n${all(variableDefinitions, '\n')}\n)` : wrap('(', line, ')');
    const head = words(operation, (name ? print(name) : '') + variables, all(directives, ' '));
    const isShort = head === 'query' && !description;
    return described(description, words(isShort ? '' : head, print(selectionSet)));
  },
  FragmentDefinition: ({ description, name, typeCondition, directives, selectionSet }) =>
    described(
      description,
      words('fragment', print(name), 'on', print(typeCondition), all(directives, ' '), print(selectionSet)),
    ),
  VariableDefinition({ description, variable, type, defaultValue, directives }) {
    const value = defaultValue ? `= ${print(defaultValue)}` : '';
    return described(description, words(`${print(variable)}:`, print(type), value, all(directives, ' ')));
  },
  SelectionSet: ({ selections }) => `{${indented(selections)}}`,
  Field({ alias, name, arguments: values = [], directives, selectionSet }) {
    const called = (alias ? `${print(alias)}: ` : '') + print(name);
    const line = called + wrap('(', all(values, ', '), ')');
    const field = values.length > 0 && line.length > maxLineLength ? `${called}(${indented(values)})` : line;
    return words(field, all(directives, ' '), selectionSet ? print(selectionSet) : '');
  },
  FragmentSpread: ({ name, directives }) => words(`...${print(name)}`, all(directives, ' ')),
  InlineFragment: ({ typeCondition, directives, selectionSet }) =>
    words(
      '...',
      typeCondition ? `on ${print(typeCondition)}` : '',
      all(directives, ' '),
      print(selectionSet),
    ),
  Directive: ({ name, arguments: values }) => `@${print(name)}${wrap('(', all(values, ', '), ')')}`,
  Argument: ({ name, value }) => `${print(name)}: ${print(value)}`,
  ObjectField: ({ name, value }) => `${print(name)}: ${print(value)}`,
  Name: ({ value }) => value,
  Variable: ({ name }) => `$${print(name)}`,
  NamedType: ({ name }) => print(name),
  ListType: ({ type }) => `[${print(type)}]`,
  NonNullType: ({ type }) => `${print(type)}!`,
  IntValue: ({ value }) => value,
  FloatValue: ({ value }) => value,
  EnumValue: ({ value }) => value,
  BooleanValue: ({ value }) => String(value),
  NullValue: () => 'null',
  StringValue: ({ value, block }) => (block ? blockString(value) : JSON.stringify(value)),
  ListValue: ({ values }) => `[${all(values, ', ')}]`,
  ObjectValue: ({ fields }) => `{${all(fields, ', ')}}`,
};

/**
 * Prints a document exactly as the printer of graphql 16 does, which would take 3.3 kB of a bundle because it prints schemas
 * as well. A service with trusted documents compares texts. graphql 17 differs in objects and long lists.
 * @throws TypeError for anything that is not part of a document of operations and fragments
 */
export function print(node: ASTNode): string {
  const printer = printers[node.kind as keyof Printers] as ((node: ASTNode) => string) | undefined;
  if (!printer) throw new TypeError(`Not a document of GraphQL operations: ${node.kind}`);
  return printer(node);
}
