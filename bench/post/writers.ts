import { randomUUID } from 'node:crypto';
import { Random } from '../../harness/random.ts';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { closedLoop, type LoopResult } from '../measure/closed-loop.ts';
import { laneClients } from '../measure/lane-clients.ts';
import type { SignedIn } from '../../harness/sessions.ts';
import { addCommentOperation } from './post.operation.ts';
import { type Target, Targets, Writers } from './targets.ts';

/** A job of the writer process: each writer posts, waits for the answer, and posts again. */
export interface WriteJob {
  readonly seconds: number;
  readonly seed: number;
  /** Number of concurrent writers. */
  readonly lanes: number;
  /** The accounts of the writers. */
  readonly writers: readonly SignedIn[];
  readonly targets: readonly Target[];
  /** The Markdown of every comment, to which each appends a number. */
  readonly markdown: string;
}

/** A job over HTTP. */
export interface HttpWriteJob extends WriteJob {
  /** URL of the service, without a path. */
  readonly url: string;
}

export interface WriteResult extends LoopResult {
  /** Ids of the acknowledged comments, in that order. */
  readonly acknowledged: readonly string[];
}

const globalId = (...keys: readonly string[]): string => Buffer.from(keys.join(':')).toString('base64url');

/** Posts through the API, each writer on its own connection, with an idempotency key for each comment. */
async function write(job: HttpWriteJob): Promise<WriteResult> {
  const targets = new Targets(new Random(job.seed), job.targets);
  const writers = new Writers(job);
  const clients = laneClients(job.url, job.lanes);
  const acknowledged: string[] = [];
  try {
    const result = await closedLoop(job.lanes, job.seconds, async (lane) => {
      const { articleId, parentId } = targets.next();
      const input = {
        articleId: globalId('Article', articleId),
        parentId: parentId === undefined ? null : globalId('Comment', articleId, parentId),
        body: `${job.markdown} ${acknowledged.length}`,
        idempotencyKey: randomUUID(),
      };
      const answer = await clients[lane]?.request({
        path: '/graphql',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${writers.next(lane).token}`,
        },
        body: JSON.stringify({ query: addCommentOperation, variables: { input } }),
      });
      const text = (await answer?.body.text()) ?? '';
      const [, id] = /"comment":\{"id":"([\w-]+)"/.exec(text) ?? [];
      if (id === undefined || !text.includes('"userErrors":[]')) throw new Error(`Not posted: ${text}`);
      const commentId = Buffer.from(id, 'base64url').toString().split(':')[2] ?? '';
      acknowledged.push(commentId);
      targets.posted(articleId, commentId);
    });
    return { ...result, acknowledged };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

answerParent((job) => write(job as HttpWriteJob));
