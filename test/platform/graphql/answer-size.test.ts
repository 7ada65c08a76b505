/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { AnswerSize } from '../../../src/platform/graphql/answer-size.ts';

const megabyte = 2 ** 20;

/** A node with room for a number of bytes. */
function share(room: number) {
  const node = {
    held: 0,
    turns: 0,
    hold(bytes: number, spare = 0) {
      if (node.held + bytes + spare > room) return undefined;
      node.held += bytes;
      return () => void (node.held -= bytes);
    },
    turn() {
      node.turns += 1;
      return Promise.resolve();
    },
    turnForText: () => undefined,
  };
  return node;
}

describe('the data read for a response', () => {
  it('is bounded by twice the limit of the response, but by no less than 16 MiB', () => {
    const small = new AnswerSize(1000);
    small.countRow(16 * megabyte);
    expect(small.exceeded).toBeUndefined();
    small.countRow(1);
    expect(small.exceeded).toMatchObject({ code: 'QUERY_TOO_COSTLY', details: { maxBytes: 16 * megabyte } });

    const large = new AnswerSize(100 * megabyte);
    large.countRow(200 * megabyte);
    expect(large.exceeded).toBeUndefined();
  });

  it('is counted as held until the response is released', () => {
    const node = share(10 * megabyte);
    const answer = new AnswerSize(megabyte, node);
    answer.begin();
    for (let row = 0; row < 300; row++) answer.countRow(10_000);
    expect(node.held).toBeGreaterThan(2 * megabyte);
    expect(node.held).toBeLessThanOrEqual(300 * 10_000);
    answer.release();
    expect(node.held).toBe(0);
    // Rows of statements that were under way still arrive.
    for (let row = 0; row < 300; row++) answer.countRow(10_000);
    expect(node.held).toBe(0);
    expect(answer.afterRows()).toBeUndefined();
    expect(answer.exceeded).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is refused if there is no room for the bytes', () => {
    const node = share(2 * megabyte);
    const answer = new AnswerSize(megabyte, node);
    answer.begin();
    for (let row = 0; row < 1000 && !answer.exceeded; row++) answer.countRow(10_000);
    expect(answer.exceeded).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 1 } });
    expect(node.held).toBeLessThanOrEqual(2 * megabyte);
    answer.release();
    expect(node.held).toBe(0);
  });

  it('waits for a turn if it is large, and not if it is small', async () => {
    const node = share(100 * megabyte);
    const answer = new AnswerSize(8 * megabyte, node);
    answer.begin();
    answer.countRow(10_000);
    await answer.afterRows();
    expect(node.turns).toBe(0);
    answer.countRow(megabyte);
    await answer.afterRows();
    await answer.afterRows();
    expect(node.turns).toBe(1);
  });
});

it('a response is refused at its start if there is no room for its possible size', () => {
  const node = share(2 * megabyte);
  node.held = 1.5 * megabyte;
  const answer = new AnswerSize(megabyte, node);
  answer.begin();
  expect(answer.exceeded).toMatchObject({ code: 'RATE_LIMITED' });
  expect(node.held).toBe(1.5 * megabyte);
});

describe('the response to a mutation', () => {
  it('is refused for lack of room at its start, but not later', () => {
    const late = new AnswerSize(megabyte, share(megabyte / 2));
    late.holdInAnyCase();
    late.begin();
    expect(late.exceeded).toMatchObject({ code: 'RATE_LIMITED' });

    const node = share(2 * megabyte);
    const answer = new AnswerSize(megabyte, node);
    answer.holdInAnyCase();
    answer.begin();
    answer.countRow(10 * megabyte);
    expect(answer.exceeded).toBeUndefined();
    // The limit of the response's size applies to mutations as well.
    answer.add(2 * megabyte);
    expect(answer.exceeded).toMatchObject({ code: 'QUERY_TOO_COSTLY' });
    answer.release();
    expect(node.held).toBe(0);
  });
});
