/**
 * Every element of the schema, tried with a token of every scope.
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  getNamedType,
  type GraphQLObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { buildFederatedSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';
import type { Scope } from '../../src/platform/auth/scopes.ts';
import { scopesOf } from '../../src/platform/feature/gather.ts';
import { requireCommands } from '../../src/platform/graphql/command.ts';
import { requireScopes, scopesOfField } from '../../src/platform/graphql/needs-scope.ts';
import { globalId } from '../support/article-states.ts';
import { type TestUser, useApp } from '../support/app.ts';
import { fetchStream } from '../support/event-stream.ts';
import { addToken } from '../support/tokens.ts';
import type { Objects } from './declaration.ts';
import { documentOf } from './mutation-documents.ts';
import { Rewind } from './rewind.ts';
import { fields, mutations, privateScopes, queries, scopesOfMutation, subscriptions } from './table.ts';

/** With every query that a setting may add. */
const schema = buildFederatedSchema(features);
const nobody = globalId('Account', '1');
const scopes = Object.keys(scopesOf(features)) as Scope[];

const rootScopes = Object.fromEntries([
  ...Object.entries(queries).map(([name, { needs }]) => [`Query.${name}`, needs] as const),
  ...Object.entries(mutations).map(([name, row]) => [`Mutation.${name}`, scopesOfMutation(row)] as const),
  ...Object.entries(subscriptions).map(([name, { needs }]) => [`Subscription.${name}`, needs] as const),
]);
const isField = ([element]: [string, unknown]) => element.includes('.');
const fieldScopes = Object.fromEntries(Object.entries(privateScopes).filter(isField));
const typeScopes = Object.fromEntries(Object.entries(privateScopes).filter((row) => !isField(row)));

const objectTypes = Object.values(schema.getTypeMap()).filter(isObjectType);
const fieldOf = (type: string, field: string) =>
  objectTypes.find(({ name }) => name === type)?.getFields()[field];

/** Selects a field of a node, or of an object without an id to which a field of nodes leads. */
function selectionOf(type: string, field: string): string {
  const named = getNamedType(fieldOf(type, field)?.type);
  const inner = isObjectType(named) ? `${field} { __typename }` : field;
  const isNode = (one: GraphQLObjectType) => one.getInterfaces().some(({ name }) => name === 'Node');
  if (objectTypes.some((one) => one.name === type && isNode(one))) return `... on ${type} { ${inner} }`;
  const [way] = objectTypes.filter(isNode).flatMap((one) =>
    Object.values(one.getFields())
      .filter((to) => getNamedType(to.type).name === type)
      .map((to) => `... on ${one.name} { ${to.name} { ${inner} } }`),
  );
  return way ?? `... on ${type} { ${inner} }`;
}

describe('the table of scopes', () => {
  it('says what each field of the schema needs', () => {
    const actual: Record<string, readonly Scope[]> = {};
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
      for (const field of Object.values(type.getFields())) {
        const needed = scopesOfField(schema, type, field);
        if (needed) actual[`${type.name}.${field.name}`] = needed;
      }
    }
    const roots = Object.fromEntries(
      Object.entries(actual).filter(([name]) => /^(Query|Mutation|Subscription)\./.test(name)),
    );
    expect(roots).toEqual(rootScopes);
    const others = Object.entries(actual).filter(([name]) => !(name in roots));
    // A field of a type with scopes, or one that leads to such a type, has no row of its own.
    const ofTypes = others.filter(([name, needed]) => {
      if (name in fieldScopes) return false;
      const [type = '', field = ''] = name.split('.');
      const to = (schema.getType(type) as GraphQLObjectType).getFields()[field];
      const leadsTo = String(to?.type).replaceAll(/[[\]!]/g, '');
      return needed === undefined || Boolean(typeScopes[leadsTo] ?? typeScopes[type]);
    });
    const single = Object.fromEntries(others.filter(([name]) => !ofTypes.some(([other]) => other === name)));
    expect(single).toEqual(fieldScopes);
    for (const [type, needed] of Object.entries(typeScopes))
      for (const field of Object.keys((schema.getType(type) as GraphQLObjectType).getFields()))
        if (!(`${type}.${field}` in fieldScopes))
          expect([field, actual[`${type}.${field}`]]).toEqual([field, needed]);
  });

  it('is complete: no schema is built with a mutation that has no scope', () => {
    const unmarked = buildSchema('type Query { a: Int } type Mutation { write: Int }');
    expect(() => requireScopes(unmarked)).toThrow('No @NeedsScope or @NeverByToken: write');
    const { write } = unmarked.getMutationType()?.getFields() ?? {};
    expect(write && scopesOfField(unmarked, unmarked.getMutationType() ?? write, write)).toEqual([]);
  });

  it('is counted: no schema is built with a mutation that was declared without a rate limit', () => {
    const others = buildSchema('type Query { a: Int } type Mutation { write: Int }');
    expect(() => requireCommands(others)).toThrow('No @AccountCommand or @OpenCommand: write');
  });

  it('has an input for every mutation that takes one, and for no other', () => {
    for (const [name, { args }] of Object.entries(schema.getMutationType()?.getFields() ?? {}))
      expect([name, mutations[name]?.input === null]).toEqual([name, args.length === 0]);
  });

  it('names a scope for every private field of the table of permissions', () => {
    const unnamed = Object.keys(fields).filter((name) => {
      const [type = '', field = ''] = name.split('.');
      const parent = schema.getType(type) as GraphQLObjectType;
      const definition = parent.getFields()[field];
      return (
        definition && /^(viewer|setup)/.test(field) && scopesOfField(schema, parent, definition) === undefined
      );
    });
    expect(unnamed).toEqual([]);
  });
});

describe('a token', () => {
  const service = useApp({ FEDERATION: 'on' });
  let objects: Objects;
  const accounts: Record<string, TestUser> = {};
  /** Secrets by account and scopes. */
  const tokens = new Map<string, string>();
  let rewind: Rewind;

  async function tokenOf(account: string, ...some: readonly Scope[]): Promise<string> {
    const key = `${account} ${some.join()}`;
    const user = accounts[account];
    if (!user) throw new Error(`There is no ${account}`);
    let secret = tokens.get(key);
    if (secret === undefined) {
      ({ secret } = await addToken(service(), user, { scopes: some }));
      tokens.set(key, secret);
    }
    return secret;
  }

  beforeAll(async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await app.signUp();
    const { comment } = await app.addComment(author, { articleId: article.id });
    objects = { articleId: article.id, commentId: comment?.id ?? '' };
    for (const [name, ...roles] of [['reader'], ['administrator', 'ADMINISTRATOR']] as const)
      accounts[name] = await app.signUp(name, ...roles);
    rewind = await Rewind.from(app.app.db);
  });

  /** Codes of what an operation was answered, and whether it was refused for lack of a scope. */
  async function outcomeOf(token: string, query: string, variables: Record<string, unknown> = {}) {
    const { data, errors } = await service().query(query, variables, { token });
    const [field] = Object.values((data ?? {}) as Record<string, { userErrors?: { code: string }[] } | null>);
    const message = errors?.[0]?.message ?? '';
    const isRefused = /^(The token lacks the scope|No token may select)/.test(message);
    return {
      isRefused,
      message,
      codes: [
        ...(errors ?? []).map(({ extensions }) => extensions.code),
        ...(field?.userErrors ?? []).map(({ code }) => code),
      ],
    };
  }

  /** Expects that tokens with one scope each are refused or answered as the account itself. */
  async function expectScopes(
    element: string,
    anyOf: readonly Scope[],
    {
      query,
      variables = {},
      besides = [],
    }: { query: string; variables?: Record<string, unknown>; besides?: Scope[] },
  ): Promise<void> {
    // What is read or refused leaves nothing behind: `outcomes.test.ts` looks.
    const isWriting = element.startsWith('Mutation.');
    for (const account of Object.keys(accounts)) {
      const asAccount = await outcomeOf(accounts[account]?.token ?? '', query, variables);
      if (isWriting) await rewind.rewind();
      for (const scope of scopes) {
        const token = await tokenOf(account, ...new Set([...besides, scope]));
        const outcome = await outcomeOf(token, query, variables);
        if (isWriting && !outcome.isRefused) await rewind.rewind();
        const permits = anyOf.some((one) => one === scope || besides.includes(one));
        const said = [element, account, scope];
        if (permits) {
          // Of others' comments only a token with MODERATE removes any.
          const isOthers = element === 'Mutation.removeComment' && scope === 'COMMENT';
          const codes = isOthers ? ['FORBIDDEN'] : asAccount.codes;
          expect([...said, outcome.isRefused, outcome.codes]).toEqual([...said, false, codes]);
        } else {
          expect([...said, outcome.isRefused, outcome.codes]).toEqual([...said, true, ['FORBIDDEN']]);
          const reason = anyOf.length === 0 ? 'No token may select' : anyOf.join(' or ');
          expect(outcome.message).toContain(reason);
        }
      }
    }
  }

  it('runs the mutations of its scopes, as far as its account may, and no others', async () => {
    for (const [name, row] of Object.entries(mutations)) {
      const query = documentOf(name);
      // No session is ended, and no sign-in is tried: that no token may is decided before.
      if (row.input === null) {
        const { isRefused } = await outcomeOf(await tokenOf('administrator', ...scopes.slice(0, 1)), query);
        expect(isRefused).toBe(true);
        continue;
      }
      const variables = { input: row.input(objects) };
      await expectScopes(`Mutation.${name}`, scopesOfMutation(row), { query, variables });
    }
  }, 240_000);

  it('runs the queries of its scopes, as far as its account may, and no others', async () => {
    for (const [name, { needs, args = '' }] of Object.entries(queries)) {
      const isLeaf = isLeafType(getNamedType(fieldOf('Query', name)?.type));
      const query = `{ ${name}${args} ${isLeaf ? '' : '{ __typename }'} }`;
      await expectScopes(`Query.${name}`, needs, { query });
    }
  });

  it('selects private fields with their scopes only', async () => {
    const elements = [
      ...Object.entries(fieldScopes),
      ...Object.entries(typeScopes).flatMap(([type, needed]) =>
        Object.keys((schema.getType(type) as GraphQLObjectType).getFields()).map(
          (field): [string, readonly Scope[]] => [
            `${type}.${field}`,
            fieldScopes[`${type}.${field}`] ?? needed,
          ],
        ),
      ),
    ];
    for (const [element, anyOf] of elements) {
      const [type = '', field = ''] = element.split('.');
      const id = { Article: objects.articleId, Comment: objects.commentId }[type] ?? nobody;
      const query = `query ($id: ID!) { node(id: $id) { ${selectionOf(type, field)} } }`;
      // A connection's page and a list of pledges need an argument or none; both parse with none.
      await expectScopes(element, anyOf, { query, variables: { id }, besides: ['READ'] });
    }
  }, 240_000);

  it('listens with the scope of the subscription only', async () => {
    for (const [name, { needs }] of Object.entries(subscriptions)) {
      const isOfArticle = fieldOf('Subscription', name)?.args.some((arg) => arg.name === 'articleId');
      const ofArticle = isOfArticle === true ? { articleId: objects.articleId } : undefined;
      for (const scope of scopes) {
        const control = new AbortController();
        const response = await fetchStream(
          service().url,
          {
            method: 'POST',
            query:
              ofArticle === undefined
                ? `subscription { ${name} { __typename } }`
                : `subscription ($articleId: ID!) { ${name}(articleId: $articleId) { __typename } }`,
            variables: ofArticle ?? {},
            headers: { authorization: `Bearer ${await tokenOf('reader', scope)}` },
          },
          control.signal,
        );
        const text = needs.includes(scope) ? '' : await response.text();
        control.abort();
        expect([name, scope, text.includes('FORBIDDEN')]).toEqual([name, scope, !needs.includes(scope)]);
      }
    }
  });
});
