import DataLoader from 'dataloader';
import {
  lockAccountById,
  selectChangedViewers,
  selectViewers,
  type SessionKey,
} from '../account/account.queries.ts';
import type { Authenticated } from '../../../platform/auth/authenticate.ts';
import type { Viewer, RightsRules } from '../../../platform/auth/viewer.ts';
import type { LockRights, Queryable } from '../../../platform/db/database.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  lockTokenViewers,
  selectChangedTokenViewers,
  selectTokenViewers,
  sessionIdOfToken,
  type TokenViewer,
} from './token-viewer.queries.ts';

/** The most tokens that one statement looks up. */
const maxBatchSize = 1000;

export interface TokenLookupOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly rules: RightsRules;
  /** Called with each token that authenticates a request. */
  readonly onUse: (token: Pick<TokenViewer, 'tokenId' | 'lastUsedAt'>) => void;
}

/**
 * Looks up the viewers of machine tokens as `viewerLookup` does those of sessions: all lookups in one turn of the event
 * loop share a statement, and nothing is cached, so a lookup after the revocation finds no viewer.
 * @returns a function that resolves to undefined for a token that is unknown, expired or revoked
 */
export function tokenLookup({
  db,
  clock,
  rules,
  onUse,
}: TokenLookupOptions): (hash: Buffer) => Promise<Authenticated | undefined> {
  const loader = new DataLoader<Buffer, TokenViewer | undefined>(
    async (hashes) => {
      const found = await selectTokenViewers(db, hashes, rules);
      const byHash = new Map(found.map((row) => [row.hash.toString('hex'), row]));
      return hashes.map((hash) => byHash.get(hash.toString('hex')));
    },
    { cache: false, maxBatchSize, batchScheduleFn: setImmediate },
  );
  return async (hash) => {
    const found = await loader.load(hash);
    if (!found || found.expiresAt <= clock.now()) return undefined;
    onUse(found);
    return { viewer: found.viewer, expiresAt: found.expiresAt };
  };
}

/** The last known state of a session or of a machine token. */
type Known = SessionKey & Pick<Viewer, 'token'> & { readonly rights: string };

/**
 * Finds the viewers of sessions and of machine tokens that have changed, by `sessionId`; undefined: the session has
 * ended, or the token was revoked.
 */
export async function findChangedViewers(
  db: Queryable,
  known: readonly Known[],
  rules: RightsRules,
): Promise<ReadonlyMap<string, Viewer | undefined>> {
  const sessions = known.filter(({ token }) => !token);
  const tokens = known.flatMap(({ token, rights }) => (token ? [{ tokenId: token.id, rights }] : []));
  const [bySession, byToken] = await Promise.all([
    sessions.length > 0 ? selectChangedViewers(db, sessions, rules) : new Map<string, Viewer | undefined>(),
    tokens.length > 0 ? selectChangedTokenViewers(db, tokens, rules) : new Map<string, Viewer | undefined>(),
  ]);
  return new Map([
    ...bySession,
    ...[...byToken].map(([tokenId, viewer]) => [sessionIdOfToken(tokenId), viewer] as const),
  ]);
}

/** Locks the rights of sessions and of machine tokens. */
export const rightsLocker =
  (rules: RightsRules): LockRights =>
  async (tx, viewers, changed) => {
    const isOwn = viewers.some(({ accountId }) => accountId === changed);
    const lock = isOwn ? 'FOR NO KEY UPDATE' : 'FOR SHARE';
    const other = isOwn ? undefined : changed;
    const isFirst =
      other !== undefined && viewers.every(({ accountId }) => BigInt(other) < BigInt(accountId));
    const sessions = viewers.filter(({ token }) => !token);
    const tokens = viewers.flatMap(({ token }) => token?.id ?? []);
    // Sent together, in this order.
    const [, bySession, byToken] = await Promise.all([
      isFirst && lockAccountById(tx, other),
      sessions.length > 0 ? selectViewers(tx, sessions, rules, lock) : [],
      tokens.length > 0 ? lockTokenViewers(tx, tokens, rules, lock) : [],
      other !== undefined && !isFirst && lockAccountById(tx, other),
    ]);
    return new Map([...bySession, ...byToken]);
  };
