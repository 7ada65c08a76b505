import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Dimensions of a document, measured before validation. */
export interface Extent {
  /** Levels of fields of the deepest operation; introspection fields do not count. */
  readonly depth: number;
  readonly aliases: number;
  /**
   * Fields of all operations with their fragments expanded, each response name counted once at its place in the result.
   */
  readonly fields: number;
  /**
   * Pairs of selections under one response name, and pairs of fragments in one selection set: validation compares each
   * pair.
   */
  readonly pairs: number;
}

/** Most fields that a document may expand to, and most pairs that validation may have to compare. */
export const maxFields = 10_000;
export const maxPairs = 10_000;

/** Most selections that the measurement visits; a selection counts again at each place that it contributes to. */
const maxSelections = 30_000;

/** A document expands to more than can be measured; the work so far was bounded by `maxFields`. */
export class TooExtensiveError extends Error {
  override readonly name = 'TooExtensiveError';
}

const isIntrospection = ({ name }: FieldNode): boolean => name.value.startsWith('__');

/** Fields at one place of the result by response name, and the fragments that contribute to it. */
interface Place {
  readonly fields: Map<string, FieldNode[]>;
  readonly fragments: Set<string>;
}

/**
 * Measures a document as an executor expands it: selections under one response name are merged, each fragment counts
 * once in each place. The rule OverlappingFieldsCanBeMerged (GraphQL of September 2025, 5.3.2) compares these selections
 * in pairs, which is quadratic in their number, so the number is bounded before the rule runs. No fragment may spread
 * itself.
 */
class Gauge {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  #selections = 0;
  fields = 0;
  pairs = 0;

  constructor(document: DocumentNode) {
    this.#fragments = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
  }

  /** @returns the depth of the merged selection sets */
  measure(sets: readonly SelectionSetNode[]): number {
    const place: Place = { fields: new Map(), fragments: new Set() };
    for (const set of sets) this.#collect(set.selections, place);
    this.#countPairs(place.fragments.size);
    let depth = 0;
    for (const [, nodes] of place.fields) depth = Math.max(depth, this.#measureField(nodes));
    return depth;
  }

  #measureField(nodes: readonly FieldNode[]): number {
    this.fields += 1;
    if (this.fields > maxFields) throw new TooExtensiveError();
    this.#countPairs(nodes.length);
    const below = this.measure(nodes.flatMap(({ selectionSet }) => selectionSet ?? []));
    return nodes.every(isIntrospection) ? 0 : 1 + below;
  }

  #countPairs(count: number): void {
    this.pairs += (count * (count - 1)) / 2;
    if (this.pairs > maxPairs) throw new TooExtensiveError();
  }

  #collect(selections: readonly SelectionNode[], place: Place): void {
    for (const selection of selections) {
      this.#selections += 1;
      if (this.#selections > maxSelections) throw new TooExtensiveError();
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const present = place.fields.get(name);
        if (present) present.push(selection);
        else place.fields.set(name, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.#collect(selection.selectionSet.selections, place);
      } else this.#collectFragment(selection.name.value, place);
    }
  }

  #collectFragment(name: string, place: Place): void {
    const fragment = this.#fragments.get(name);
    if (fragment === undefined || place.fragments.has(name)) return;
    place.fragments.add(name);
    this.#collect(fragment.selectionSet.selections, place);
  }
}

/** Number of aliases in the selections of a document, fragments not expanded. */
function countAliases(sets: SelectionSetNode[]): number {
  let aliases = 0;
  for (let set = sets.pop(); set !== undefined; set = sets.pop())
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD && selection.alias) aliases += 1;
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet)
        sets.push(selection.selectionSet);
    }
  return aliases;
}

/**
 * The name of a fragment that spreads itself, directly or through others. Found in one pass over the document, because
 * some validation rules take very long, or exhaust the stack, on cyclic fragments.
 */
export function findFragmentCycle(document: DocumentNode): string | undefined {
  const spreads = new Map<string, readonly string[]>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const names: string[] = [];
    visit(definition, { FragmentSpread: ({ name }) => void names.push(name.value) });
    spreads.set(definition.name.value, names);
  }
  const done = new Set<string>();
  const path = new Set<string>();
  const follow = (name: string): string | undefined => {
    if (path.has(name)) return name;
    if (done.has(name)) return undefined;
    path.add(name);
    for (const next of spreads.get(name) ?? []) {
      const found = follow(next);
      if (found !== undefined) return found;
    }
    path.delete(name);
    done.add(name);
    return undefined;
  };
  for (const name of spreads.keys()) {
    const found = follow(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @throws TooExtensiveError */
export function extentOf(document: DocumentNode): Extent {
  const gauge = new Gauge(document);
  let depth = 0;
  const sets: SelectionSetNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION)
      depth = Math.max(depth, gauge.measure([definition.selectionSet]));
    if ('selectionSet' in definition && definition.selectionSet) sets.push(definition.selectionSet);
  }
  const { fields, pairs } = gauge;
  return { depth, aliases: countAliases(sets), fields, pairs };
}
