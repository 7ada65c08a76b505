import {
  closeAccount,
  deleteAccount,
  type ErasedAccountRow,
  lockAccountToDelete,
  lockAccountToErase,
  lockDueErasure,
} from '../account/account-erasure.queries.ts';
import { requireAccount } from '../credentials/account-admin.service.ts';
import { type Database, sqlState, type Tx } from '../../../platform/db/database.ts';
import { type EventLog, sumCounts } from '../../../platform/events/log.ts';
import type { Erasure } from '../../../platform/feature/erasure.ts';
import { eraseStoredAddresses } from './stored-addresses.ts';

/** Result of an erasure. */
export interface Erased {
  readonly articles: number;
  /** Numbers of rows that the account lost, by readable name. */
  readonly rows: Readonly<Record<string, number>>;
}

const foreignKeyViolation = '23503';

/**
 * A request that was in progress when the account was closed may still write. After a few rounds no such request is
 * left.
 */
const maxRounds = 5;

function sum<Key extends string>(
  all: readonly Readonly<Partial<Record<Key, number>>>[],
): Partial<Record<Key, number>> {
  const total: Partial<Record<Key, number>> = {};
  for (const each of all)
    for (const key of Object.keys(each) as Key[]) total[key] = (total[key] ?? 0) + (each[key] ?? 0);
  return total;
}

export interface ErasureServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  /** The erasures of all features. */
  readonly erasures: readonly Erasure[];
}

/**
 * Erases an account: its address, its name and its sessions are deleted; its comments keep their place, and published
 * ones their text, without a name; its reactions are deleted, its endorsements withdrawn, and its byline has no account
 * any more. Each article has one transaction with its events, so that no thread is locked for long. An erasure that was
 * interrupted is resumed by calling `erase` again with the same address, or `eraseDue`.
 */
export class ErasureService {
  constructor(private readonly options: ErasureServiceOptions) {}

  /**
   * Erases the account with an address, at once.
   * @param by an operator, who knows whose the address is, or the account itself: then its address goes out of the texts of
   * others only if it was proven, because anybody can sign up with an address where the service sends no mail
   * @throws Refusal NOT_FOUND
   */
  async erase(email: string, by: 'ACCOUNT' | 'OPERATOR' = 'ACCOUNT'): Promise<Erased> {
    const erased = await this.#erase(async (tx) => {
      const { id } = await requireAccount(tx, email);
      return lockAccountToErase(tx, id);
    }, by);
    return erased ?? { articles: 0, rows: {} };
  }

  /**
   * Erases an account whose own erasure is due.
   * @returns undefined if nothing was erased: the account is gone, or its erasure was taken back
   */
  eraseDue(accountId: string, now: Date): Promise<Erased | undefined> {
    return this.#erase((tx) => lockDueErasure(tx, accountId, now), 'ACCOUNT');
  }

  /** @param lock locks the account, if it is to be erased, in the transaction that closes it */
  async #erase(
    lock: (tx: Tx) => Promise<ErasedAccountRow | undefined>,
    by: 'ACCOUNT' | 'OPERATOR',
  ): Promise<Erased | undefined> {
    const isProven = by === 'OPERATOR';
    const account = await this.#close(lock, isProven);
    if (!account) return undefined;
    const { id, email, emailVerifiedAt } = account;
    if (emailVerifiedAt || isProven) await eraseStoredAddresses(this.options.db, [email]);
    const erased: Readonly<Record<string, number>>[] = [];
    for (let round = 1; ; round += 1) {
      // By its id: by now somebody else may have the address.
      if (round > 1) await this.#close((tx) => lockAccountToErase(tx, id), isProven);
      for (const articleId of await this.#selectArticles(id))
        erased.push(await this.#eraseUnderArticle(articleId, id));
      try {
        await this.#finish(id);
        return { articles: erased.length, rows: sum(erased) as Record<string, number> };
      } catch (error) {
        if (sqlState(error) !== foreignKeyViolation || round >= maxRounds) throw error;
      }
    }
  }

  /** @returns the account; undefined if it is not to be erased */
  #close(
    lock: (tx: Tx) => Promise<ErasedAccountRow | undefined>,
    isProven: boolean,
  ): Promise<ErasedAccountRow | undefined> {
    return this.options.db.transaction(async (tx) => {
      const account = await lock(tx);
      if (!account) return undefined;
      await closeAccount(tx, account.id, isProven);
      for (const { close } of this.options.erasures) await close?.(tx, account.id);
      return account;
    });
  }

  async #selectArticles(accountId: string): Promise<string[]> {
    const articleIds = new Set<string>();
    for (const { selectArticles } of this.options.erasures)
      for (const articleId of (await selectArticles?.(this.options.db, accountId)) ?? [])
        articleIds.add(articleId);
    return [...articleIds];
  }

  #eraseUnderArticle(articleId: string, accountId: string): Promise<Readonly<Record<string, number>>> {
    return this.options.db.transaction(async (tx) => {
      const parts = [];
      for (const { eraseUnderArticle } of this.options.erasures)
        if (eraseUnderArticle) parts.push(await eraseUnderArticle(tx, articleId, accountId));
      const events = parts.flatMap((part) => part.events);
      const counts = sumCounts(parts.map((part) => part.counts));
      for (const { record } of parts) await record?.(tx);
      if (events.length > 0) await this.options.log.appendAll(tx, articleId, events, counts);
      return sum(parts.map((part) => part.erased)) as Record<string, number>;
    });
  }

  #finish(accountId: string): Promise<void> {
    return this.options.db.transaction(async (tx) => {
      // First: what others have written about the account while this waited has to be there for `finish` to find.
      await lockAccountToDelete(tx, accountId);
      for (const { finish } of this.options.erasures) await finish?.(tx, accountId);
      await deleteAccount(tx, accountId);
    });
  }
}
