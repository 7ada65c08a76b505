/**
 * Scopes of machine tokens. Features add theirs (`declare module`), and declare them. A scope never gives a right that the account of the
 * token does not have. Its description in the schema lists the operations that it opens: `describeScopes` of `graphql/scope-descriptions.ts`.
 */
export interface Scopes {
  readonly READ: true;
}
export type Scope = keyof Scopes;

export interface ScopeDeclaration {
  /** Its place in lists, the stored ones of tokens among them; of two with the same place, the feature that is lower comes first. */
  readonly place: number;
  /** Why no token of a service account may have it; absent: one may. */
  readonly refusedToServices?: string;
}

export type ScopeDeclarations = Readonly<Partial<Record<Scope, ScopeDeclaration>>>;
