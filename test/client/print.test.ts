/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DocumentNode, Kind, parse, print as printByLibrary, visit } from 'graphql';
import * as ofExamples from '../../examples/front-end/generated/graphql.ts';
import { print } from '../../packages/client/src/print.ts';
import * as ofPage from '../../web/graphql/generated/graphql.ts';

const isDocument = (value: unknown): value is DocumentNode =>
  (value as Partial<DocumentNode> | undefined)?.kind === Kind.DOCUMENT;

const generated = [...Object.values(ofPage), ...Object.values(ofExamples)].filter(isDocument);

// Every kind of node in a document of operations and fragments, and the line lengths at which arguments are wrapped.
const everything = `
"Of the operation" subscription All(
  "Of the variable" $articleId: ID! @a
  $after: EventCursor = null
  $all: [[Int!]!] = [1, -2.5e3, "t", BEST, true, { a: { b: [] } }] @b(c: 1) @d
) @live(if: $on) @once {
  short: articleEvents(articleId: $articleId, after: $after) @skip(if: false) { __typename ...Part @e ...on A @f { a } ... @g { b } ... { c } }
  exactly80: field(argument: "${'x'.repeat(44)}", b: 1)
  of81: field(argument: "${'x'.repeat(50)}", b: 1) { d(e: """Of
    lines""") }
  ${'n'.repeat(90)}
}
"""
Of the fragment
"""
fragment Part on ArticleEvent @h { cursor }
{ shorthand }
query { a }
"Described" query { a }
query ($a: Int) { a }
query @a { a }
mutation Named { a }
query ("""
Of
lines
""" $a: Int $b: Int) { a }`;

describe('the printer of the client prints as graphql’s', () => {
  it('all documents of the page and of the examples', () => {
    expect(generated.length).toBeGreaterThan(100);
    for (const document of generated) expect(print(document)).toBe(printByLibrary(document));
  });

  it('every kind of node, as a document with the same meaning', () => {
    const document = parse(everything, { noLocation: true });
    expect(print(document)).toBe(printByLibrary(document));
    expect(parse(print(document), { noLocation: true })).toEqual(document);
    const kinds = new Set<string>();
    visit(document, { enter: (node) => void kinds.add(node.kind) });
    expect(kinds.size).toBe(24);
  });

  it('strings and block strings', () => {
    const piece = fc.constantFrom('a', 'é', '"', '"""', '\\', '\n', '\r\n', ' ', '\t', '  b', 'x'.repeat(70));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, block) => {
        const value = pieces.join('');
        expect(print({ kind: Kind.STRING, value, block })).toBe(
          printByLibrary({ kind: Kind.STRING, value, block }),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('but no schema', () => {
    expect(() => print(parse('type A { a: Int }'))).toThrow(
      new TypeError('Not a document of GraphQL operations: ObjectTypeDefinition'),
    );
  });
});
