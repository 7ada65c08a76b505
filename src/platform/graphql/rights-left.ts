import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { withRightsLeft } from '../auth/viewer.ts';
import type { Context } from './context.ts';

/** As `withRightsLeft`, for the viewer of a request. The rest of the answer shows what the viewer may still see. */
export function judgedByRightsLeft<T>(context: Context, command: () => Promise<T>): Promise<T> {
  return withRightsLeft(context.viewer, (viewer) => {
    if (viewer !== context.viewer) {
      context.viewer = viewer;
      context.loaders.reset(viewer);
    }
    return command();
  });
}

/** Judges each mutation by the rights that are left when its account loses some while it waits, as if it came now. */
export function judgeMutationsByRightsLeft(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (source, args, context: Context, info) =>
      judgedByRightsLeft(context, async () => await resolve(source, args, context, info));
  }
}
