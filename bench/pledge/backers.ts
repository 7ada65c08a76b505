import { randomUUID } from 'node:crypto';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import type { SignedIn } from '../../harness/sessions.ts';
import { closedLoop, type LoopResult } from '../measure/closed-loop.ts';
import { laneClients } from '../measure/lane-clients.ts';
import { type HttpPledgeJob, pledgeAmount, Turns } from './pledge-job.ts';
import { pledgeOperation } from './pledge.operation.ts';

let backers: readonly SignedIn[] = [];

/** Pledges through the API, each lane on its own connection, with an idempotency key for each pledge. */
async function pledge(job: HttpPledgeJob): Promise<LoopResult> {
  backers = job.backers ?? backers;
  const turns = new Turns(job.campaigns, backers);
  const clients = laneClients(job.url, job.lanes);
  try {
    return await closedLoop(job.lanes, job.seconds, async (lane) => {
      const { articleId, backer } = turns.next();
      const input = {
        campaignId: Buffer.from(`Campaign:${articleId}`).toString('base64url'),
        amount: String(pledgeAmount),
        named: true,
        idempotencyKey: randomUUID(),
      };
      const answer = await clients[lane]?.request({
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${backer.token}` },
        body: JSON.stringify({ query: pledgeOperation, variables: { input } }),
      });
      const text = (await answer?.body.text()) ?? '';
      if (!text.includes('"pledge":{"id":"') || !text.includes('"userErrors":[]'))
        throw new Error(`Not pledged: ${text}`);
    });
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

answerParent((job) => pledge(job as HttpPledgeJob));
