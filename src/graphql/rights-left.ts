import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { LostRights } from '../auth/viewer.ts';
import type { Context } from './context.ts';

/**
 * Runs a mutation once more whose account has lost rights while it waited, with those that are left: it is judged as if it came
 * now. Nothing of it was stored.
 */
export function judgeByRightsLeft(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = async (source, args, context: Context, info) => {
      try {
        return await resolve(source, args, context, info);
      } catch (error) {
        if (!(error instanceof LostRights)) throw error;
        context.viewer = error.viewer;
        context.loaders.reset(error.viewer);
        return resolve(source, args, context, info);
      }
    };
  }
}
