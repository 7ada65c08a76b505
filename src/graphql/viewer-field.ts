import { BREAK, type DocumentNode, type GraphQLSchema, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { Extensions } from 'type-graphql';

/**
 * Marks a field whose value depends on who asks. Its name begins with `viewer`; answers that hold none of these may be
 * shared between viewers.
 */
export const ViewerDependent = (): PropertyDecorator & MethodDecorator =>
  Extensions({ viewerDependent: true });

/** Documents are kept after their first request, and so is what was found in them. */
const known = new WeakMap<DocumentNode, boolean>();

/** Whether any operation of a valid document selects a field that depends on who asks, be it through a fragment. */
export function dependsOnViewer(schema: GraphQLSchema, document: DocumentNode): boolean {
  const before = known.get(document);
  if (before !== undefined) return before;
  let found = false;
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        if (types.getFieldDef()?.extensions.viewerDependent !== true) return undefined;
        found = true;
        return BREAK;
      },
    }),
  );
  known.set(document, found);
  return found;
}
