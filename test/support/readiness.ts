import { eventually } from './eventually.ts';

/** One answer of a node to `/health/ready`. */
export interface ReadinessAnswer {
  readonly status: number;
  /** The reason why the node is not ready. */
  readonly reason: string | undefined;
}

/** Asks a node once. A busy machine answers 503 now and then: a look at the database takes longer than 150 ms there. */
export async function readiness(url: string): Promise<ReadinessAnswer> {
  const response = await fetch(`${url}/health/ready`);
  const { reason } = (await response.json()) as { reason?: string };
  return { status: response.status, reason };
}

/** Waits until a node is ready. */
export async function untilReady(url: string): Promise<void> {
  let last: ReadinessAnswer | undefined;
  await eventually(
    () => `the node to be ready; the last answer was ${JSON.stringify(last)}`,
    async () => {
      last = await readiness(url);
      return last.status === 200;
    },
  );
}

/**
 * Waits until a node is not ready for this reason. A positive answer is reused for a moment, and a late look has a reason of
 * its own.
 */
export async function untilNotReady(url: string, reason: RegExp): Promise<void> {
  let last: ReadinessAnswer | undefined;
  await eventually(
    () => `the node not to be ready because of ${reason}; the last answer was ${JSON.stringify(last)}`,
    async () => {
      last = await readiness(url);
      return last.status === 503 && reason.test(last.reason ?? '');
    },
  );
}
