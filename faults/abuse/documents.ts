/** GraphQL documents that are small but expensive to validate. All are within the service's limit of 2,000 tokens. */

/** Texts made of the numbers below `count`, joined by spaces. */
export const series = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** An unknown field beside many copies of a known one: validation compares each pair of copies. */
export const overlapping = (number: number): string =>
  `query Q${number}{zz articles{${'nodes{id}'.repeat(440)}}}`;

/** A document whose errors each have many locations, after half a million empty lines. */
const manyLines = `query L{articles{${'\n'.repeat(510_000)}n:pageInfo{hasNextPage} ${'n:nodes{id}'.repeat(320)}}}`;

/** Known worst cases of validation, by name. */
export const validationPatterns: Readonly<Record<string, string>> = {
  'equal fields': `{articles{${'nodes{id}'.repeat(490)}}}`,
  'conflicting fields': `{${series(140, (index) => `a:articles(first:${index + 1}){edges{cursor}}`)}}`,
  'nested equal fields': `{articles{${'nodes{comments{nodes{id}}}'.repeat(190)}}}`,
  'fragments that spread each other': `{...F0} ${series(
    28,
    (own) => `fragment F${own} on Query{${series(28, (other) => (other === own ? '' : `...F${other}`))}}`,
  )}`,
  'fragments that double': `{...D0} ${series(
    150,
    (own) => `fragment D${own} on Query{a${own}:__typename ...D${own + 1} ...D${own + 1}}`,
  )} fragment D150 on Query{__typename}`,
  'one fragment, many spreads': `{articles{${'...P '.repeat(900)}}} fragment P on ArticleConnection{nodes{id}}`,
  'many operations': `${series(160, (index) => `query O${index}($v${index}:Int){...C}`)} fragment C on Query{articles(first:$w){nodes{id}}}`,
  'unknown names': `{${series(1900, (index) => `article${index}`)}}`,
  'unknown arguments': `{articles(${series(600, (index) => `firs${index}:1`)}){nodes{id}}}`,
  'unknown types': `{${series(320, (index) => `...on Articl${index}{id}`)}}`,
  'unknown long names': `{${series(900, (index) => `${'comments'.repeat(100)}${index}`)}}`,
  'unused variables': `query(${series(480, (index) => `$v${index}:Int`)}){__typename}`,
  'undefined variables': `query{nodes(ids:[${series(900, (index) => `$u${index}`)}]){id}}`,
  'deep input literals': `{articles(filter:${'{filter:'.repeat(480)}1${'}'.repeat(480)}){nodes{id}}}`,
  'deep lists': `{nodes(ids:${'['.repeat(980)}${']'.repeat(980)}){id}}`,
  'wide input literals': `{articles(filter:{${series(480, (index) => `x${index}:${index}`)}}){nodes{id}}}`,
  'deep selections': `{${'a{'.repeat(660)}a${'}'.repeat(660)}}`,
  'deep known selections': `{articles{nodes{${'author{articles{nodes{'.repeat(215)}id${'}}}'.repeat(215)}}}}`,
  'repeated directives': `{__typename ${'@include(if:true)'.repeat(280)}}`,
  'many lines': manyLines,
};
