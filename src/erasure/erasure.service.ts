import { closeAccount, deleteAccount, lockAccountToDelete } from '../account/account-erasure.queries.ts';
import { selectAccounts } from '../account/account.queries.ts';
import { generatePassword, requireAccount } from '../account/account-admin.service.ts';
import { hashPassword } from '../auth/password.ts';
import { type Database, sqlState } from '../db/database.ts';
import { type EventLog, sumCounts } from '../events/log.ts';
import type { Erasure } from '../feature/erasure.ts';
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
 * interrupted is resumed by calling `erase` again with the same address.
 */
export class ErasureService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #erasures: readonly Erasure[];

  constructor({ db, log, erasures }: ErasureServiceOptions) {
    this.#db = db;
    this.#log = log;
    this.#erasures = erasures;
  }

  /**
   * @param by an operator, who knows whose the address is, or the account itself: then its address goes out of the texts of
   * others only if it was proven, because anybody can sign up with an address where the service sends no mail
   * @throws Refusal NOT_FOUND
   */
  async erase(email: string, by: 'ACCOUNT' | 'OPERATOR' = 'ACCOUNT'): Promise<Erased> {
    const passwordHash = await hashPassword(generatePassword());
    const erased: Readonly<Record<string, number>>[] = [];
    for (let round = 1; ; round += 1) {
      const accountId = await this.#close(email, passwordHash);
      if (round === 1) await this.#eraseAddress(accountId, by);
      for (const articleId of await this.#selectArticles(accountId))
        erased.push(await this.#eraseUnderArticle(articleId, accountId));
      try {
        await this.#finish(accountId);
        return { articles: erased.length, rows: sum(erased) as Record<string, number> };
      } catch (error) {
        if (sqlState(error) !== foreignKeyViolation || round >= maxRounds) throw error;
      }
    }
  }

  async #eraseAddress(accountId: string, by: 'ACCOUNT' | 'OPERATOR'): Promise<void> {
    const [account] = await selectAccounts(this.#db, [accountId]);
    if (account && (account.emailVerifiedAt || by === 'OPERATOR'))
      await eraseStoredAddresses(this.#db, [account.email]);
  }

  /** @returns the account's id */
  #close(email: string, passwordHash: string): Promise<string> {
    return this.#db.transaction(async (tx) => {
      const { id } = await requireAccount(tx, email);
      await closeAccount(tx, id, passwordHash);
      for (const { close } of this.#erasures) await close?.(tx, id);
      return id;
    });
  }

  async #selectArticles(accountId: string): Promise<string[]> {
    const articleIds = new Set<string>();
    for (const { selectArticles } of this.#erasures)
      for (const articleId of (await selectArticles?.(this.#db, accountId)) ?? []) articleIds.add(articleId);
    return [...articleIds];
  }

  #eraseUnderArticle(articleId: string, accountId: string): Promise<Readonly<Record<string, number>>> {
    return this.#db.transaction(async (tx) => {
      const parts = [];
      for (const { eraseUnderArticle } of this.#erasures)
        if (eraseUnderArticle) parts.push(await eraseUnderArticle(tx, articleId, accountId));
      const events = parts.flatMap((part) => part.events);
      const counts = sumCounts(parts.map((part) => part.counts));
      for (const { record } of parts) await record?.(tx);
      if (events.length > 0) await this.#log.appendAll(tx, articleId, events, counts);
      return sum(parts.map((part) => part.erased)) as Record<string, number>;
    });
  }

  #finish(accountId: string): Promise<void> {
    return this.#db.transaction(async (tx) => {
      // First: what others have written about the account while this waited has to be there for `finish` to find.
      await lockAccountToDelete(tx, accountId);
      for (const { finish } of this.#erasures) await finish?.(tx, accountId);
      await deleteAccount(tx, accountId);
    });
  }
}
