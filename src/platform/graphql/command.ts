import type { GraphQLSchema } from 'graphql';
import {
  Arg,
  type ClassType,
  type Complexity,
  createParameterDecorator,
  Ctx,
  Extensions,
  Mutation,
} from 'type-graphql';
import type { ClientLimits, CountedByAddress } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import { type Context, requireViewer } from './context.ts';

/*
 * Every mutation is declared by one of these decorators, which counts it by a rate limit before its method is called:
 * the schema is not built with one that is declared otherwise.
 */

interface CommandOptions<Input, Policy> {
  readonly description: string;
  /** The class of the argument `input`, and its description; absent: the mutation takes none. */
  readonly input?: readonly [type: ClassType<Input & object>, description: string];
  /** Points of the call; absent: those of its selections. */
  readonly complexity?: Complexity;
  /** The policy that counts each call; `ITSELF`: the method counts; `NOTHING`: the request's own limits suffice. */
  readonly counts?: Policy | 'ITSELF' | 'NOTHING';
}

/** Takes a method that is given the input, if the mutation takes one, before what every command is given. */
type CommandDecorator<Input, Given extends readonly unknown[], Payload> = <
  Method extends (
    ...given: Input extends undefined ? Given : [input: Input, ...Given]
  ) => Payload | Promise<Payload>,
>(
  prototype: object,
  name: string,
  method: TypedPropertyDescriptor<Method>,
) => void;

/**
 * A mutation for signed-in accounts, which counts one write unless it says otherwise. Its method is given the input, the
 * viewer and the context.
 * @throws RequestError UNAUTHENTICATED or RATE_LIMITED, before the method is called
 */
export const AccountCommand = <Payload extends object, Input = undefined>(
  payload: ClassType<Payload>,
  options: CommandOptions<Input, 'sign-ins' | 'proofs'>,
): CommandDecorator<Input, [viewer: Viewer, context: Context], Payload> =>
  command(payload, options, async (context) => {
    const viewer = requireViewer(context);
    if (options.counts === 'proofs') await context.limits.useProof(viewer);
    else await count(context.limits, options.counts);
    return viewer;
  });

/**
 * A mutation for everybody, which counts one write of the client's address unless it says otherwise. Its method is given
 * the input and the context.
 * @throws RequestError RATE_LIMITED, before the method is called
 */
export const OpenCommand = <Payload extends object, Input = undefined>(
  payload: ClassType<Payload>,
  options: CommandOptions<Input, CountedByAddress>,
): CommandDecorator<Input, [context: Context], Payload> =>
  command(payload, options, async (context) => {
    await count(context.limits, options.counts);
    return context;
  });

async function count(
  limits: ClientLimits,
  policy: CountedByAddress | 'ITSELF' | 'NOTHING' | undefined,
): Promise<void> {
  if (policy === undefined) await limits.useWrite();
  else if (policy !== 'ITSELF' && policy !== 'NOTHING') await limits.use(policy);
}

function command<Payload extends object, Input>(
  payload: ClassType<Payload>,
  { description, input, complexity }: CommandOptions<Input, unknown>,
  admit: (context: Context) => Promise<Viewer | Context>,
) {
  return (prototype: object, name: string, method: PropertyDescriptor): void => {
    const first = input ? 1 : 0;
    if (input) Arg('input', () => input[0], { description: input[1] })(prototype, name, 0);
    createParameterDecorator<Context>(({ context }) => admit(context))(prototype, name, first);
    Ctx()(prototype, name, first + 1);
    Extensions({ isCounted: true })(prototype, name, method);
    Mutation(() => payload, complexity ? { description, complexity } : { description })(
      prototype,
      name,
      method,
    );
  };
}

/** @throws Error for a mutation that is declared otherwise */
export function requireCommands(schema: GraphQLSchema): void {
  const others = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
    ({ extensions }) => extensions.isCounted !== true,
  );
  if (others.length > 0)
    throw new Error(`No @AccountCommand or @OpenCommand: ${others.map(({ name }) => name).join(', ')}`);
}
