import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context, LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import type { Loader } from '../../../platform/kept/kept-loader.ts';
import type { OwnRows } from './own-rows.loader.ts';

interface OwnList<Variant, Row, Node> {
  readonly rows: OwnRows<Variant>;
  readonly variant: Variant;
  /** Loads the object for a row of the list. */
  readonly byKey: LoaderFactory<Loader<{ articleId: string; id: string }, Row | undefined>>;
  /** Whether a loaded object is still visible to the viewer. */
  readonly isShown: (row: Row) => boolean;
  readonly toNode: (row: Row) => Node;
}

/** Shows a page of the viewer's own rows. Rows that were removed between the two statements are left out. */
export async function loadOwnPage<Variant, Row extends object, Node>(
  { loaders }: Context,
  accountId: string,
  args: PageArgs,
  { rows, variant, byKey, isShown, toNode }: OwnList<Variant, Row, Node>,
): Promise<Counted<Node>> {
  const page = await loaders.get(rows.pages).load({ scope: accountId, variant, request: pageRequest(args) });
  const loaded = await loaders.get(byKey).loadMany(page.rows);
  const connection = toConnection(page, (_, index) => {
    const row = loaded[index];
    if (row instanceof Error) throw row;
    return row && isShown(row) ? toNode(row) : null;
  });
  return counted(connection, () => loaders.get(rows.count).load(variant));
}
