import { articleScope } from '../articles/article/article-scope.ts';
import { canSeeArticle } from '../articles/article/article.policy.ts';
import { lockArticle } from '../articles/article/article.queries.ts';
import { requireVoice, type Viewer } from '../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { claimIdempotencyKey, nextId } from '../../platform/idempotency/idempotency.queries.ts';
import { Refusal, refusable, type Result } from '../../platform/errors/errors.ts';
import type { EventLog } from '../../platform/events/log.ts';
import { canEndorse } from './endorsement.policy.ts';
import {
  type EndorsementKey,
  insertEndorsement,
  selectLastWithdrawn,
  updateEndorsementWithdrawn,
} from './endorsement.queries.ts';
import { endLinksOfOwn } from './endorsement-link.queries.ts';
import { requireAffiliation, requireStatement } from './endorsement.rules.ts';

export interface EndorseCommand {
  readonly articleId: string;
  readonly statement: string | undefined;
  readonly affiliation: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** Commands to endorse an article and to withdraw an endorsement. */
export class EndorsementService {
  constructor(
    private readonly db: Database,
    private readonly log: EventLog,
  ) {}

  endorse(viewer: Viewer, command: EndorseCommand): Promise<Result<EndorsementKey>> {
    return refusable(async () => {
      requireVoice(viewer);
      const { articleId, idempotencyKey } = command;
      const { accountId } = viewer;
      const statement = requireStatement(command.statement);
      const affiliation = requireAffiliation(command.affiliation);
      return this.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const { resultId: id, isFirst } = idempotencyKey
          ? await claimIdempotencyKey(tx, {
              accountId,
              key: idempotencyKey,
              input: ['endorse', articleId, statement, affiliation],
              articleId,
              idSequence: 'endorsement_id_seq',
            })
          : { resultId: await nextId(tx, 'endorsement_id_seq'), isFirst: true };
        if (!isFirst) return { articleId, id };

        await this.#requireOpen(tx, articleId, viewer);
        if (!(await insertEndorsement(tx, { articleId, id, accountId, statement, affiliation }))) {
          throw new Refusal('ALREADY_ENDORSED', ['articleId']);
        }
        await this.log.append(tx, {
          articleId,
          kind: 'ENDORSEMENT_ADDED',
          subjectId: id,
          idempotencyKey,
          counts: { endorsementCount: 1 },
        });
        return { articleId, id };
      });
    });
  }

  /**
   * @returns the id of the withdrawn endorsement; if there is none left to withdraw, the id of the one withdrawn last
   */
  withdrawEndorsement(viewer: Viewer, articleId: string): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      return this.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const article = await lockArticle(tx, articleId);
        if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
        await endLinksOfOwn(tx, { articleId, accountId: viewer.accountId });
        const id = await updateEndorsementWithdrawn(tx, articleId, viewer.accountId);
        if (id === undefined) {
          const before = await selectLastWithdrawn(tx, articleId, viewer.accountId);
          if (before !== undefined) return before;
          throw new Refusal('NOT_FOUND', ['articleId'], 'You have not endorsed this article.');
        }
        await this.log.append(tx, {
          articleId,
          kind: 'ENDORSEMENT_WITHDRAWN',
          subjectId: id,
          counts: { endorsementCount: -1 },
        });
        return id;
      });
    });
  }

  async #requireOpen(tx: Tx, articleId: string, viewer: Viewer): Promise<void> {
    const article = await lockArticle(tx, articleId);
    if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
    if (!canEndorse(article, viewer))
      throw new Refusal('WRONG_STATUS', ['articleId'], 'Only what is published can be endorsed.');
  }
}
