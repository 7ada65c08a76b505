import { BREAK, type DocumentNode, type GraphQLSchema, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { Extensions } from 'type-graphql';

/**
 * Marks a field whose value depends on the viewer. Its name begins with `viewer`; responses without such fields may be
 * shared between viewers.
 */
export const ViewerDependent = (): PropertyDecorator & MethodDecorator =>
  Extensions({ viewerDependent: true });

/** Cached, because documents are kept after their first request. */
const known = new WeakMap<DocumentNode, boolean>();

/**
 * Whether any operation of a valid document selects a field that depends on the viewer, directly or through a fragment.
 */
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
