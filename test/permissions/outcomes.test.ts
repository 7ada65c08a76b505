/**
 * The rules of the service, which are the same on every database.
 * @database either
 * @seconds 50
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { buildSchema, extendSchema, type GraphQLSchema, isInterfaceType, isObjectType, parse } from 'graphql';
import { idleFeatures, nothingKept, useApp } from '../support/app.ts';
import { PinnedClock } from '../support/pinned-clock.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { isTriedElsewhere } from './declaration.ts';
import { Rewind } from './rewind.ts';
import { type Answer, answerOf, type Item, type Kind, type Thing } from './rules.ts';
import { gatesOf, mutations, predictions } from './table.ts';
import { makeWorld, type Visitor, type World, worldSettings } from './world.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** Every field named `viewerCan…` of a schema, as `Type.field`. */
const predictingFieldsOf = (some: GraphQLSchema): string[] =>
  Object.values(some.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    .filter((name) => /\.viewerCan[A-Z]/.test(name));

/** The predictions that are compared with the outcomes of a mutation on the same thing. */
const compared = Object.entries(predictions).flatMap(([name, by]) => {
  const [kind = '', field = ''] = name.split('.');
  return isTriedElsewhere(by) ? [] : by.map((mutation) => ({ name, kind, field, mutation }));
});

interface Attempt {
  readonly mutation: string;
  readonly on: string;
  readonly item: Item<Thing>;
  readonly input: object;
}

/** A refusal's code, or whether something was done. */
type Outcome = Answer | 'done' | 'nothing to do';

describe('every mutation, tried by every visitor on every object,', () => {
  const clock = new PinnedClock();
  const provider = new ProviderDouble();
  const service = useApp(
    { ...worldSettings, ...nothingKept },
    { clock, payments: provider, features: idleFeatures },
  );
  let world: World;
  let rewind: Rewind;
  const outcomes = new Map<string, Outcome>();
  const nameOf = (visitor: Visitor, { mutation, on, item }: Omit<Attempt, 'input'>) =>
    `${mutation} by ${visitor.name} on ${on} “${item.name}”`;
  let attempts: readonly Attempt[];

  /** Sends attempts in one document, whose mutations run in order. @returns the code of each refusal */
  async function send(visitor: Visitor, some: readonly Attempt[]): Promise<(Answer | undefined)[]> {
    const variables = some.map(({ mutation }, n) => {
      const type = schema.getMutationType()?.getFields()[mutation]?.args[0]?.type;
      return `$i${n}: ${String(type)}`;
    });
    const fields = some.map(({ mutation }, n) => `m${n}: ${mutation}(input: $i${n}) { userErrors { code } }`);
    const { data, errors } = await service().query(
      `mutation (${variables.join(', ')}) { ${fields.join(' ')} }`,
      Object.fromEntries(some.map(({ input }, n) => [`i${n}`, input])),
      visitor.token === undefined ? {} : { token: visitor.token },
    );
    return some.map((_, n) => {
      const code = data?.[`m${n}`]?.userErrors[0]?.code ?? errors?.[0]?.extensions.code;
      return code as Answer | undefined;
    });
  }

  /** Sends the attempts that the table refuses together, and all others alone; each finds the world as it was made. */
  async function tryAll(visitor: Visitor): Promise<void> {
    const answer = ({ mutation, item }: Attempt) =>
      answerOf(gatesOf('Mutation', mutation), visitor, item.thing);
    const refused = attempts.filter((attempt) => answer(attempt) !== undefined);
    for (let start = 0; start < refused.length; start += 40) {
      const some = refused.slice(start, start + 40);
      const answers = await send(visitor, visitor.token === undefined ? some.slice(0, 1) : some);
      some.forEach((attempt, n) =>
        outcomes.set(
          nameOf(visitor, attempt),
          (visitor.token === undefined ? answers[0] : answers[n]) ?? 'done',
        ),
      );
      // A refusal must not write anything.
      if (await rewind.rewind())
        throw new Error(
          `${visitor.name} was refused and wrote something, or was not refused: ${JSON.stringify(answers)}`,
        );
    }
    for (const attempt of attempts.filter((one) => answer(one) === undefined)) {
      const [code] = await send(visitor, [attempt]);
      const isDone = await rewind.rewind();
      outcomes.set(nameOf(visitor, attempt), code ?? (isDone ? 'done' : 'nothing to do'));
    }
  }

  beforeAll(async () => {
    world = await makeWorld(service(), clock, provider);
    rewind = await Rewind.from(service().app.db);
    attempts = Object.entries(mutations).flatMap(([mutation, row]) =>
      Object.entries('on' in row ? row.on : {}).flatMap(([on, input]) =>
        world.things[on as Kind].map((item): Attempt => ({
          mutation,
          on,
          item,
          input: input(item as never, world),
        })),
      ),
    );
    for (const visitor of world.visitors) await tryAll(visitor);
  }, 600_000);

  it('has the outcome that the table says', () => {
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const visitor of world.visitors) {
      for (const attempt of attempts) {
        const expected = answerOf(gatesOf('Mutation', attempt.mutation), visitor, attempt.item.thing);
        const outcome = outcomes.get(nameOf(visitor, attempt));
        const isAllowed = outcome === 'done' || outcome === 'nothing to do';
        if (expected === undefined ? !isAllowed : outcome !== expected)
          wrong.push(`${nameOf(visitor, attempt)}: ${outcome}, not ${expected ?? 'allowed'}`);
        seen.add(`${attempt.mutation}: ${outcome}`);
      }
    }
    expect(wrong).toEqual([]);
    // Every refusal of every row must have occurred; otherwise the world is too small for the table.
    for (const { mutation } of attempts)
      for (const [, answer] of gatesOf('Mutation', mutation))
        expect([...seen]).toContain(`${mutation}: ${answer}`);
  });

  it('that is not about an object is allowed to everybody, except signOut for those who are signed out', async () => {
    const app = service();
    const email = 'new@example.org';
    const input = { email, password: 'correct horse battery', name: 'New Example' };
    const signOut = async (token?: string) =>
      app.query(
        'mutation { signOut { endedAt userErrors { code } } }',
        {},
        token === undefined ? {} : { token },
      );
    const fields = 'session { accessToken refreshToken } userErrors { code }';
    const signIn = async ({ email: of, password }: { email: string; password: string }, options = {}) =>
      app.query(
        `mutation ($input: SignInInput!) { signIn(input: $input) { ${fields} } }`,
        { input: { email: of, password } },
        options,
      );
    for (const [n, { user }] of world.visitors.entries()) {
      // A session of its own, which ends with the one that begins: the visitor's is needed later.
      const options = user ? { token: (await signIn(user)).data.signIn.session.accessToken } : {};
      const made = await app.query(
        `mutation ($input: SignUpInput!) { signUp(input: $input) { ${fields} } }`,
        { input: { ...input, email: `${n}${email}` } },
        options,
      );
      expect(made.data.signUp.userErrors).toEqual([]);
      const signedIn = await signIn(user ?? (await app.signUp()), options);
      const { refreshToken, accessToken } = signedIn.data.signIn.session;
      const refreshed = await app.query(
        `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${fields} } }`,
        { input: { refreshToken } },
        options,
      );
      expect(refreshed.data.refreshSession.userErrors).toEqual([]);
      expect((await signOut(accessToken)).data.signOut).toMatchObject({ userErrors: [] });
    }
    expect((await signOut()).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('is predicted by its viewerCan… field, and every such field predicts a mutation', async () => {
    expect(Object.keys(predictions).sort()).toEqual(predictingFieldsOf(schema).sort());
    const isTried = (kind: string, mutation: string) =>
      attempts.some((attempt) => attempt.on === kind && attempt.mutation === mutation);
    // What is not tried on things of the field's type has to be compared elsewhere, by the tests that the prediction names.
    expect(compared.filter(({ kind, mutation }) => !isTried(kind, mutation))).toEqual([]);
    const selections = compared.map(({ kind, field }) => `... on ${kind} { ${field} }`);
    const kinds = new Set(compared.map(({ kind }) => kind as Kind));
    const items = [...kinds].flatMap((kind): readonly Item<Thing>[] => world.things[kind]);
    const wrong: string[] = [];
    for (const visitor of world.visitors) {
      const { nodes } = await service().data(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ${selections.join(' ')} } }`,
        { ids: items.map(({ id }) => id) },
        visitor.token,
      );
      for (const { name, kind, field, mutation } of compared) {
        for (const [n, item] of items.entries()) {
          if (item.thing?.kind !== kind) continue;
          const outcome = outcomes.get(nameOf(visitor, { mutation, on: kind, item }));
          // An object that the visitor does not see predicts nothing, and accepts no mutation.
          const value = nodes[n]?.[field] ?? false;
          if (value !== (outcome === 'done'))
            wrong.push(
              `${name} of “${item.name}” is ${value} to ${visitor.name}, and then ${mutation}: ${outcome}`,
            );
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is found by its viewerCan… field on any type or interface', () => {
    const extended = extendSchema(
      schema,
      parse('extend type Person { viewerCanX: Boolean } interface Pet { viewerCanPet: Boolean }'),
    );
    const found = predictingFieldsOf(extended).filter((name) => !(name in predictions));
    expect(found.sort()).toEqual(['Person.viewerCanX', 'Pet.viewerCanPet']);
  });

  it('is, for createArticle under at least one byline, predicted by Viewer.canCreateArticle', async () => {
    for (const visitor of world.visitors) {
      const { viewer } = await service().data('{ viewer { canCreateArticle } }', {}, visitor.token);
      const written = world.things.Byline.filter(
        (item) => outcomes.get(nameOf(visitor, { mutation: 'createArticle', on: 'Byline', item })) === 'done',
      );
      expect([visitor.name, viewer?.canCreateArticle ?? false]).toEqual([visitor.name, written.length > 0]);
    }
  });
});
