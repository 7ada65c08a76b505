import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { withRightsLeft } from '../auth/viewer.ts';
import type { Context } from './context.ts';

/** As `withRightsLeft`, for the viewer of a request, of which the rest of the answer knows then. */
export function judgedByRightsLeft<T>(context: Context, command: () => Promise<T>): Promise<T> {
  return withRightsLeft(context.viewer, (viewer) => {
    if (viewer !== context.viewer) {
      context.viewer = viewer;
      context.loaders.reset(viewer);
    }
    return command();
  });
}

/** Has mutations judged by the rights that are left, if the account loses some while they wait: as if they came now. */
export function judgeByRightsLeft(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (source, args, context: Context, info) =>
      judgedByRightsLeft(context, async () => await resolve(source, args, context, info));
  }
}
