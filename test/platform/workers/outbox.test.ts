/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { Outbox } from '../../../src/platform/workers/outbox.ts';

it('drops news for a process that does not read, and nothing else', async () => {
  const sent: { message: string; done: () => void }[] = [];
  const outbox = new Outbox<string>((message, done) => sent.push({ message, done }));
  for (let count = 0; count < 5000; count++) outbox.offer('news');
  outbox.send('stop');
  expect(sent.length).toBeLessThan(2000);
  expect(sent.at(-1)?.message).toBe('stop');

  let isFlushed = false;
  const flushed = outbox.flushed().then(() => (isFlushed = true));
  const waiting = sent.splice(0);
  for (const { done } of waiting.slice(1)) done();
  await Promise.resolve();
  expect(isFlushed).toBe(false);
  waiting[0]?.done();
  await flushed;

  outbox.offer('news again');
  expect(sent.map(({ message }) => message)).toEqual(['news again']);
});
