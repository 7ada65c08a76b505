import { v4 as newUuid } from 'uuid';
import { hasTexts, readStored, writeStored } from '../storage.ts';

const isSent = (value: unknown): value is { text: string; key: string } => hasTexts(value, ['text', 'key']);

/**
 * Idempotency key of one pledge: the same input is sent under the same key, also after a reload or from another tab,
 * until an answer has arrived. So a lost answer or a second click makes no second pledge.
 * @param name names backer and campaign
 */
export function keyOf(name: string, input: unknown): string {
  const text = JSON.stringify(input);
  const sent = readStored(nameOf(name), isSent);
  if (sent?.text === text) return sent.key;
  const key = newUuid();
  writeStored(nameOf(name), { text, key });
  return key;
}

/** After the answer: the same input would be another pledge. */
export function forgetKey(name: string): void {
  writeStored(nameOf(name), undefined);
}

const nameOf = (name: string): string => `standfirst.pledge.${name}`;
