import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { graphql, type GraphQLObjectType, type GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  buildSchemaSync,
  Ctx,
  Field,
  FieldResolver,
  Info,
  ObjectType,
  Query,
  Resolver,
  Root,
  UseMiddleware,
} from 'type-graphql';
import { callDirectly } from '../../../src/platform/graphql/direct-resolvers.ts';

@ObjectType({ simpleResolvers: true })
class Stop {
  @Field(() => String)
  name!: string;

  get shown(): string {
    return `the ${this.name}`;
  }
}

interface Given {
  readonly user: string;
}

@Resolver(() => Stop)
class StopResolver {
  readonly #greeting = 'Hello';

  @Query(() => Stop)
  made(): Stop {
    return Object.assign(new Stop(), { name: 'pier' });
  }

  @Query(() => Stop)
  plain(): unknown {
    return { name: 'ferry' };
  }

  @FieldResolver(() => String)
  inOtherOrder(
    @Info() { fieldName }: GraphQLResolveInfo,
    @Ctx() { user }: Given,
    @Root() stop: Stop,
  ): string {
    return [this.#greeting, fieldName, user, stop.shown].join(', ');
  }

  @FieldResolver(() => String)
  alone(): string {
    return this.#greeting;
  }

  @FieldResolver(() => String)
  property(@Root('name') name: string, @Ctx('user') user: string): string {
    return `${name} ${user}`;
  }

  @FieldResolver(() => String)
  given(@Arg('text', () => String) text: string, @Root() stop: Stop): string {
    return `${text} ${stop.shown}`;
  }

  @UseMiddleware(async (_, next) => `less than ${String(await next())}`)
  @FieldResolver(() => String)
  changed(@Root() stop: Stop): string {
    return stop.shown;
  }

  @FieldResolver(() => String)
  failing(@Root() stop: Stop): string {
    throw new Error(`No ${stop.name}`);
  }
}

describe('resolvers that are called directly', () => {
  const resolver = new StopResolver();
  const build = () =>
    buildSchemaSync({
      resolvers: [StopResolver],
      container: { get: () => resolver },
      validate: false,
    });
  const fieldsOf = (schema: ReturnType<typeof build>) =>
    (schema.getType('Stop') as GraphQLObjectType).getFields();

  it('have what the library gives them, and leave to it what only it can do', async () => {
    const [byLibrary, direct] = [build(), build()];
    const before = fieldsOf(direct);
    const resolvers = Object.fromEntries(
      Object.entries(before).map(([name, { resolve }]) => [name, resolve]),
    );
    callDirectly(direct, new Map<unknown, object>([[StopResolver, resolver]]));
    const changed = Object.entries(before).filter(([name, { resolve }]) => resolve !== resolvers[name]);
    expect(changed.map(([name]) => name).sort()).toEqual(['alone', 'failing', 'inOtherOrder']);

    const fields = 'name inOtherOrder alone property given(text: "by") changed';
    const source = `{ made { ${fields} } plain { ${fields} } failing: made { failing } }`;
    const [expected, shown] = await Promise.all(
      [byLibrary, direct].map((schema) => graphql({ schema, source, contextValue: { user: 'Ida' } })),
    );
    expect(JSON.parse(JSON.stringify(shown))).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(shown?.errors).toHaveLength(1);
    expect(expected?.errors?.[0]?.message).toBe('No pier');
  });
});
