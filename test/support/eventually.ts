import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until the probe returns a truthy value, with a deadline.
 * @param what the awaited condition; a function is evaluated at the deadline
 */
export async function eventually<T>(
  what: string | (() => string),
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 60_000,
): Promise<T> {
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; await sleep(5)) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`still waiting for: ${typeof what === 'string' ? what : what()}`);
}
