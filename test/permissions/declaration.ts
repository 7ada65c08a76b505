import type { Scope } from '../../src/platform/auth/scopes.ts';
import { globalId } from '../support/article-states.ts';
import type { ArticleThing, Gates, Items, Kind, Rule, Who } from './rules.ts';
import type { Stage, World } from './world.ts';

/*
 * What a feature says of its permissions: every member is required, so that a forgotten one does not compile. The tests
 * fail for an element of the schema that no feature declares, and try each one as every kind of viewer.
 */

/** A field of a type of the schema. */
export type Field = `${string}.${string}`;

/** The scopes of which a machine token needs one; `[]`: no token may select the element. */
type Needed = readonly Scope[];

export interface QueryDeclaration {
  /** Conditions in the order of their checks. `outcomes.test.ts` tries those that need no object. */
  readonly gates: Gates;
  readonly needs: Needed;
  /** Arguments of a query that requires some, for an object that does not exist. */
  readonly args?: string;
  /** The file or folder of the tests of what the query shows. */
  readonly tried: string;
}

/** The kinds of mutations by what they have to do with rights, each with whether a machine token may run it. */
export const kinds = {
  SIGN_IN: {
    forTokens: false,
    text: 'makes, proves, goes on with or ends a session, or changes a way into an account',
  },
  RIGHTS: {
    forTokens: false,
    text: 'makes, widens, keeps or takes rights: roles, tokens, service accounts, secrets, authorship, the account itself',
  },
  PAYOUT: {
    forTokens: false,
    text: 'sends money away from the site, after a recent proof',
  },
  PERSONAL: {
    forTokens: false,
    text: 'speaks for a person, or is about what that person alone is shown or sent',
  },
  STAFF: {
    forTokens: true,
    text: 'decides about accounts; about those of staff people alone',
  },
  LASTING: {
    forTokens: true,
    text: 'makes or changes what goes on by itself, which names the token and ends with it',
  },
  WORK: {
    forTokens: true,
    text: 'does once what the account may do at that moment',
  },
} as const;
export type MutationKind = keyof typeof kinds;
type KindForTokens = {
  [K in MutationKind]: (typeof kinds)[K]['forTokens'] extends true ? K : never;
}[MutationKind];

/** The objects for which inputs of mutations are made. */
export interface Objects {
  readonly articleId: string;
  readonly commentId: string;
}

/** The input of a mutation for each kind of things that it is tried on. */
export type Attempts = { readonly [K in Kind]?: (item: Items[K], world: World) => object };

export type MutationDeclaration = {
  readonly gates: Gates;
  /** Something to do for an administrator, or an object that does not exist. Null: the mutation takes no input. */
  readonly input: ((objects: Objects) => object) | null;
} & (
  | { readonly kind: KindForTokens; readonly needs: readonly [Scope, ...Scope[]] }
  | { readonly kind: Exclude<MutationKind, KindForTokens> }
) &
  (
    | { readonly on: Attempts }
    /** About no thing of the world: the file or folder of the tests that try the mutation. */
    | { readonly tried: string }
  );

/**
 * The mutations that a `viewerCan…` field predicts: those on the same thing, of which `outcomes.test.ts` compares the outcomes,
 * or those that the named file or folder of tests compares, because the object is no thing of the world.
 */
export type Prediction =
  | readonly [string, ...string[]]
  | { readonly mutations: readonly [string, ...string[]]; readonly tried: string };

export const isTriedElsewhere = (by: Prediction): by is Extract<Prediction, { tried: string }> =>
  'tried' in by;

/** Things of one kind in the world. */
export interface ThingDeclaration<K extends Kind = Kind> {
  readonly read: (stage: Stage) => Promise<readonly Items[K][]>;
  /** The fields that lead to a thing from `Query`, each below the one before. Absent: `node`. */
  readonly way?: (item: Items[K]) => readonly [string, ...string[]];
  /** Fields among `Permissions.fields` that may be null even for viewers who may read them. */
  readonly nullable?: readonly string[];
  /** Texts that no response to this viewer may contain. */
  readonly secrets: (item: Items[K], who: Who) => readonly string[];
}

type FactOfFeatures = Exclude<keyof ArticleThing, 'kind' | 'status' | 'policy' | 'ownerId'>;

/** A feature's part of the world in which all is tried. */
export interface WorldPart {
  /** Tables that its mutations write, or that triggers on these write. */
  readonly tables: readonly string[];
  /** Facts about an article, as SQL over the row `a`. */
  readonly articleFacts: { readonly [Fact in FactOfFeatures]?: string };
  /** Adds things to the published articles, as the service's users do. */
  readonly make: (stage: Stage) => Promise<void>;
  /** Types of events that the world's articles have by then. */
  readonly events: readonly string[];
  readonly things: { readonly [K in Kind]?: ThingDeclaration<K> };
}

/** Of a feature whose mutations are tried on no things of the world. */
export const nothingInTheWorld = {
  tables: [],
  articleFacts: {},
  make: () => Promise.resolve(),
  events: [],
  things: {},
} satisfies WorldPart;

export interface Permissions {
  readonly queries: Readonly<Record<string, QueryDeclaration>>;
  readonly mutations: Readonly<Record<string, MutationDeclaration>>;
  readonly subscriptions: Readonly<Record<string, Omit<QueryDeclaration, 'args'>>>;
  /** The viewers who are shown objects of a type, with all their fields except `fields`: a rule, or a text for the document. */
  readonly types: Readonly<Record<string, Rule | string>>;
  /** Fields that only some of the viewers who see the object may read. */
  readonly fields: Readonly<Record<Field, Gates>>;
  /** What a machine token needs besides for a private field, or for all fields of a type and the fields that lead to it. */
  readonly privateScopes: Readonly<Record<string, Needed>>;
  readonly predictions: Readonly<Record<`${string}.viewerCan${string}`, Prediction>>;
  readonly world: WorldPart;
}

/** The id of an object that does not exist. */
export const missing = (type: string, ...keys: string[]): string =>
  globalId(type, ...(keys.length > 0 ? keys : ['999999']));

/** Queries or mutations that share some members. */
export const alike = <
  const Shared extends object,
  const Each extends Readonly<
    Record<string, { args?: string; input?: MutationDeclaration['input']; on?: Attempts }>
  >,
>(
  shared: Shared,
  each: Each,
) =>
  Object.fromEntries(Object.entries(each).map(([name, own]) => [name, { ...shared, ...own }])) as {
    [Name in keyof Each]: NoInfer<Shared & Each[Name]>;
  };

/** Types of objects that are shown to the same viewers. */
export const shownTo = (viewers: Rule | string, ...names: string[]): Record<string, Rule | string> =>
  Object.fromEntries(names.map((name) => [name, viewers]));

export const aboutArticle = {
  input: ({ articleId }: Objects) => ({ articleId }),
  on: { Article: ({ id }: Items['Article']) => ({ articleId: id }) },
};
