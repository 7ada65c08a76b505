import { v4 as newUuid } from 'uuid';
import { hasTexts, readStored, writeStored } from '../storage.ts';

/** The idempotency key of an input whose answer has not arrived. */
interface Sent {
  readonly idempotencyKey: string;
  /** The input as JSON. */
  readonly input: string;
}

const isSent = (value: unknown): value is Sent => hasTexts(value, ['idempotencyKey', 'input']);

/** For browsers that store nothing. */
const kept = new Map<string, Sent>();

/**
 * The idempotency key of an input: the same one until `settle` is called, over a reload as well, so that what was sent
 * and may have arrived is not done twice. Another input has another key.
 * @param name what is done to what, such as a payout of a certain campaign
 */
export function keyOf(name: string, input: unknown): string {
  const text = JSON.stringify(input);
  const before = readStored(name, isSent) ?? kept.get(name);
  if (before?.input === text) return before.idempotencyKey;
  const sent = { idempotencyKey: newUuid(), input: text };
  kept.set(name, sent);
  writeStored(name, sent);
  return sent.idempotencyKey;
}

/** To be called once an answer has arrived: doing the same once more is another deed. */
export function settle(name: string): void {
  kept.delete(name);
  writeStored(name, undefined);
}
