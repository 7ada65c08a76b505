import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { type PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { ledgerLengths, ledgerPages } from './ledger.loader.ts';
import { LedgerTransaction } from './ledger.type.ts';

/** Shows a page of the ledger of an article that the viewer may see, oldest transaction first. */
export async function loadLedger(
  { loaders }: Context,
  articleId: string,
  args: PageArgs,
): Promise<Counted<LedgerTransaction>> {
  const key = { scope: articleId, variant: null, request: pageRequest(args) };
  const page = await loaders.get(ledgerPages).load(key);
  const connection = toConnection(page, (row) => LedgerTransaction.from(row));
  return counted(connection, () => loaders.get(ledgerLengths).load({ scope: articleId, variant: null }));
}
