import { answerParent } from '../../harness/processes/answer-parent.ts';
import { closedLoop, type LoopResult } from '../measure/closed-loop.ts';
import { laneClients } from '../measure/lane-clients.ts';

/** A job of the reader process. */
export interface ReadJob {
  /** URL of the server, without a path. */
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly operation: string;
  /** The field of the query, which is not null in any answer. */
  readonly field: string;
  /** Variables of the pages, which are read in turn. */
  readonly variables: readonly Readonly<Record<string, string>>[];
  /** Access tokens of the readers, used in turn; undefined: signed out. */
  readonly tokens?: readonly string[];
}

/** Reads pages on several connections, with one request under way on each. */
async function read(job: ReadJob): Promise<LoopResult> {
  const clients = laneClients(job.url, job.connections);
  const headers = clients.map((_, lane) => ({
    'content-type': 'application/json',
    ...(job.tokens ? { authorization: `Bearer ${job.tokens[lane % job.tokens.length]}` } : {}),
  }));
  const bodies = job.variables.map((variables) => JSON.stringify({ query: job.operation, variables }));
  // The beginning of every answer that contains a page.
  const page = new RegExp(`^\\{"data" ?: ?\\{"${job.field}" ?: ?\\{`);
  let next = 0;
  try {
    return await closedLoop(job.connections, job.seconds, async (lane) => {
      const body = bodies[next++ % bodies.length] ?? '';
      const answer = await clients[lane]?.request({
        path: '/graphql',
        method: 'POST',
        headers: headers[lane] ?? {},
        body,
      });
      const text = await answer?.body.text();
      // Full equality was checked before; this check only excludes refusals.
      if (answer?.statusCode !== 200 || !text || !page.test(text) || text.includes('"errors"'))
        throw new Error(`Not a page: ${answer?.statusCode} ${text?.slice(0, 300)}`);
    });
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

answerParent((job) => read(job as ReadJob));
