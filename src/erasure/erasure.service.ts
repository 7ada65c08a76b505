import { generatePassword, requireAccount } from '../account/account-admin.service.ts';
import { hashPassword } from '../auth/password.ts';
import { type Database, sqlState } from '../db/database.ts';
import type { EventLog, NewEvent } from '../events/log.ts';
import { updateBylineUnlinked } from '../journalist/byline.queries.ts';
import {
  closeAccount,
  deleteAccount,
  eraseEndorsements,
  eraseReactions,
  orphanComments,
  selectArticlesOf,
} from './erasure.queries.ts';

/** What an erasure found. */
export interface Erased {
  readonly articles: number;
  readonly comments: number;
  readonly endorsements: number;
}

const foreignKeyViolation = '23503';
/** A request that was under way when the account was closed may still write; more than a few rounds are none. */
const maxRounds = 5;

/**
 * Erases an account: its address, its name and its sessions are gone, its comments keep their place and their text with
 * nobody's name, its reactions and endorsements are taken back, its byline is nobody's. One transaction an article, each with its events,
 * so that no thread waits for long; interrupted, it is called again with the same address and goes on.
 */
export class ErasureService {
  readonly #db: Database;
  readonly #log: EventLog;

  constructor(db: Database, log: EventLog) {
    this.#db = db;
    this.#log = log;
  }

  /** @throws Refusal NOT_FOUND */
  async erase(email: string): Promise<Erased> {
    const passwordHash = await hashPassword(generatePassword());
    const close = () =>
      this.#db.transaction(async (tx) => {
        const { id } = await requireAccount(tx, email);
        await closeAccount(tx, id, passwordHash);
        return id;
      });
    let [articles, comments, endorsements] = [0, 0, 0];
    for (let round = 1; ; round += 1) {
      const accountId = await close();
      for (const articleId of await selectArticlesOf(this.#db, accountId)) {
        const erased = await this.#eraseArticle(articleId, accountId);
        articles += 1;
        comments += erased.comments;
        endorsements += erased.endorsements;
      }
      try {
        await this.#finish(accountId);
        return { articles, comments, endorsements };
      } catch (error) {
        if (sqlState(error) !== foreignKeyViolation || round >= maxRounds) throw error;
      }
    }
  }

  #eraseArticle(articleId: string, accountId: string): Promise<{ comments: number; endorsements: number }> {
    return this.#db.transaction(async (tx) => {
      const comments = await orphanComments(tx, articleId, accountId);
      const reactedTo = await eraseReactions(tx, articleId, accountId);
      const withdrawn = await eraseEndorsements(tx, articleId, accountId);
      const events: Omit<NewEvent, 'articleId' | 'counts'>[] = [
        ...withdrawn.map((endorsementId) => ({ kind: 'ENDORSEMENT_WITHDRAWN' as const, endorsementId })),
        ...comments
          .filter(({ wasPublished }) => wasPublished)
          .map(({ id }) => ({ kind: 'COMMENT_UPDATED' as const, commentId: id })),
        ...reactedTo.map((commentId) => ({ kind: 'COMMENT_REACTIONS_CHANGED' as const, commentId })),
      ];
      if (events.length > 0)
        await this.#log.appendAll(tx, articleId, events, { endorsements: -withdrawn.length });
      return { comments: comments.length, endorsements: withdrawn.length };
    });
  }

  #finish(accountId: string): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await updateBylineUnlinked(tx, accountId);
      await deleteAccount(tx, accountId);
    });
  }
}
