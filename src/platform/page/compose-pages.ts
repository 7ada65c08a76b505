import { type GraphQLSchema, parse, validate } from 'graphql';
import { html } from './html.ts';
import type { JsonLd } from './page-head.ts';
import {
  notFoundView,
  type OpenPage,
  type PagePart,
  type PageSource,
  type PageView,
  type Served,
  type ServedPage,
} from './served.ts';

/** Makes the view of one page for the parameters of an address and its query. */
export type ShowPage = (
  ...address: [...Parameters<NonNullable<ServedPage['variables']>>, source: PageSource]
) => Promise<PageView>;

/** The text of an operation in which each slot has the fragments of its parts. */
export function withParts(operation: string, parts: Served['parts']): string {
  const used = new Set<string>();
  const fill = (text = ''): string =>
    text.replace(/\.\.\.(\w+)/g, (_, slot: string) => {
      const names = Object.keys(parts).filter((name) => parts[name]?.slot === slot && parts[name].fragment);
      for (const name of names) used.add(name);
      return names.map((name) => `...${name}`).join(' ');
    });
  let text = fill(operation);
  // Parts have slots, too: the set grows meanwhile.
  for (const name of used) text += `\nfragment ${name} ${fill(parts[name]?.fragment)}`;
  return text;
}

/**
 * Puts the pages of all features together, each with all parts.
 * @throws Error for a query that the schema does not have, and for a part without a place
 */
export function composePages({ pages, parts }: Served, schema: GraphQLSchema): ReadonlyMap<string, ShowPage> {
  const texts = [
    ...Object.values(pages).map((page) => page.operation),
    ...Object.values(parts).map((part) => part.fragment),
  ];
  const slots = texts.flatMap((text) => text?.match(/\.\.\.\w+/g) ?? []);
  const check = (about: string, source: string | undefined): void => {
    const errors = source === undefined ? [] : validate(schema, parse(source));
    if (errors.length > 0) throw new Error(`${about}: ${errors.map(({ message }) => message).join(' ')}`);
  };
  for (const [name, { slot, more }] of Object.entries(parts)) {
    if (!slots.includes(`...${slot}`))
      throw new Error(`The part ${name} has no place: no page has the slot ${slot}`);
    check(`The second query of the part ${name}`, more);
  }
  const declared = Object.entries(pages).map(([route, page]) => {
    const operation = page.operation && withParts(page.operation, parts);
    check(`The query of the page ${route}`, operation);
    return [route, show({ ...page, operation }, Object.values(parts))] as const;
  });
  return new Map(declared);
}

const show =
  ({ operation, variables: variablesOf, view }: ServedPage, parts: readonly PagePart[]): ShowPage =>
  async (params, query, source) => {
    const variables = variablesOf ? variablesOf(params, query) : {};
    if (!variables) return notFoundView;
    let unread = false;
    const at = (slot: string) => parts.filter((part) => part.slot === slot);
    const page: OpenPage = {
      ...source,
      variables,
      read: async (...asked) => {
        const data = await source.read(...asked);
        unread ||= data === undefined;
        return data as never;
      },
      partsAt: async (slot, data) =>
        html`${await Promise.all(at(slot).map(async (part) => part.html?.(data as never, page)))}`,
      headOf: (named, data) => {
        const heads = named.flatMap(at).flatMap((part) => part.head?.(data as never, page) ?? []);
        return {
          alternates: heads.flatMap((head) => head.alternates ?? []),
          jsonLd: joined(heads.map((head) => head.jsonLd ?? {})),
        };
      },
    };
    const data = operation === undefined ? variables : await page.read(operation, variables);
    if (data === undefined) return { head: {}, unread };
    return { ...((data && (await view(data as never, page))) ?? notFoundView), unread };
  };

/** The members of all values; lists of one name are joined. */
function joined(values: readonly JsonLd[]): JsonLd {
  const members: Record<string, unknown> = {};
  for (const [name, value] of values.flatMap((each) => Object.entries(each))) {
    const known = members[name];
    members[name] = Array.isArray(known) && Array.isArray(value) ? known.concat(value) : value;
  }
  return members;
}
