import type { GraphQLField, GraphQLFieldResolver } from 'graphql';

/** The size of one response, which grows while the response is made. */
export interface ResponseSize {
  /** Anything but undefined: the response is too large, and no further resolver is called. */
  readonly exceeded: unknown;
  /** The value of each field that is not resolved any more: the execution never ends, and the caller abandons it. */
  readonly never: Promise<never>;
  add(bytes: number): void;
}

/** How one field is counted. */
export interface FieldCounting {
  /** The resolver of the field without any counting of its own. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** By how much the bytes of its values count; 0: they are not counted. */
  readonly weight: number;
  /** The bytes beside the value, for the name of the field in the response. */
  readonly bytesOfKey: (key: string) => number;
}

/**
 * Counts responses while they are made, instead of by a resolver around each resolver. Where graphql-js executes an
 * operation, resolvers have to count by themselves.
 */
export interface Counting<Size extends ResponseSize> {
  /** @returns undefined for a field that is not counted */
  countingOf(field: GraphQLField<unknown, unknown>): FieldCounting | undefined;
  /** The size of the response of an execution. @returns undefined: the response is not counted */
  sizeOf(contextValue: unknown): Size | undefined;
  /** Counts the value of a leaf, or of a list of leaves. @returns the value, a promise of it, or the size's `never` */
  counted(value: unknown, size: Size, weight: number): unknown;
}
