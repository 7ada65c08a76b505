import { randomUUID } from 'node:crypto';
import { lockArticle } from '../../src/features/articles/article/article.queries.ts';
import { LocalBus } from '../../src/platform/events/bus.ts';
import { EventLog } from '../../src/platform/events/log.ts';
import { lockCampaign } from '../../src/features/funding/campaign/campaign.queries.ts';
import {
  insertPledge,
  lockPledge,
  selectPresentPledge,
  updatePledgeActivated,
  updatePledgeSetUp,
} from '../../src/features/funding/campaign/pledge.queries.ts';
import { newPseudonym } from '../../src/features/funding/pledge/pseudonym.ts';
import {
  type ClaimedResult,
  claimIdempotencyKey,
} from '../../src/platform/idempotency/idempotency.queries.ts';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import type { SignedIn } from '../../harness/sessions.ts';
import { bareDatabase, inTransaction, send } from '../measure/bare-database.ts';
import { closedLoop, type LoopResult } from '../measure/closed-loop.ts';
import { pledgeAmount, type PledgeJob, Turns } from './pledge-job.ts';

/*
 * Reference for pledging: what a pledge takes until it counts, on bare `pg` (`bench/measure/bare-database.ts`). It sends the
 * service's own statements, in the service's order:
 *
 * 1. BEGIN; the idempotency key, which assigns the id; the article's lock; the campaign's lock, which is three statements;
 *    the account's present pledge; the pledge; COMMIT.
 * 2. The provider's page.
 * 3. BEGIN; the article's lock; the campaign's lock; the pledge's lock; the pledge, which counts now; the event with the
 *    campaign's totals; COMMIT.
 *
 * It has no HTTP, no GraphQL, no session, no limits and no rules, asks no provider, and reads nothing back. Whoever pledges
 * goes on with the third part at once, without a row that says that it has to be done, and without looking for such rows.
 */

/** An event log without subscribers. */
const log = new EventLog(new LocalBus());

let backers: readonly SignedIn[] = [];

async function pledge(articleId: string, accountId: string): Promise<void> {
  const key = randomUUID();
  const inADay = new Date(Date.now() + 86_400_000);
  const id = await inTransaction(async (tx) => {
    const [claimed] = await send<[ClaimedResult, unknown, unknown, unknown]>(
      () =>
        claimIdempotencyKey(tx, {
          accountId,
          key,
          input: ['pledge', articleId, String(pledgeAmount), true],
          articleId,
          idSequence: 'pledge_id_seq',
        }),
      () => lockArticle(tx, articleId),
      () => lockCampaign(tx, articleId),
      () => selectPresentPledge(tx, articleId, accountId),
    );
    await insertPledge(tx, {
      articleId,
      id: claimed.resultId,
      milestone: 1,
      accountId,
      pseudonym: newPseudonym(),
      displayName: `Backer ${accountId}`,
      amount: BigInt(pledgeAmount),
      lookAt: inADay,
    });
    return claimed.resultId;
  });
  const means = { customer: `cus_${id}`, paymentMethod: `pm_${id}` };
  const page = { number: 1, ref: `cs_${id}`, url: 'https://news.example.org/', lookAt: inADay };
  await updatePledgeSetUp(bareDatabase, { articleId, id }, page);
  await inTransaction(async (tx) => {
    await send<unknown[]>(
      () => lockArticle(tx, articleId),
      () => lockCampaign(tx, articleId),
      () => lockPledge(tx, { articleId, id }),
    );
    await send<unknown[]>(
      () => updatePledgeActivated(tx, { articleId, id }, 1, means),
      () =>
        log.append(tx, {
          articleId,
          kind: 'PLEDGE_ADDED',
          subjectId: id,
          counts: { pledged: BigInt(pledgeAmount), backerCount: 1 },
        }),
    );
  });
}

async function pledgeAll(job: PledgeJob): Promise<LoopResult> {
  backers = job.backers ?? backers;
  const turns = new Turns(job.campaigns, backers);
  return closedLoop(job.lanes, job.seconds, async () => {
    const { articleId, backer } = turns.next();
    await pledge(articleId, backer.accountId);
  });
}

answerParent((job) => pledgeAll(job as PledgeJob));
