/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import type { LoggedEvent, Logs, Post, Received, StreamHistory } from '../../faults/check/history.ts';
import { checkLogs, checkPosts, checkSite } from '../../faults/check/posts.ts';
import { checkPage, checkStream, kindOf } from '../../faults/check/streams.ts';

/* Tests that the checker of the fault harness finds faults: invented histories, each with one fault. */

const log: LoggedEvent[] = [1, 2, 3, 4, 5].map((sequence) => ({
  sequence,
  kind: 'COMMENT_ADDED',
  commentId: String(100 + sequence),
  idempotencyKey: `key-${sequence}`,
}));
const logs: Logs = { '1': log };

const event = (sequence: number, commentId = String(100 + sequence)): Received => ({
  type: 'event',
  sequence,
  kind: 'COMMENT_ADDED',
  commentId,
});
const checkpoint = (sequence: number): Received => ({ type: 'checkpoint', sequence });
const reset = (sequence: number): Received => ({ type: 'reset', sequence, reason: 'TOO_MANY' });

const history = (received: Received[], more: Partial<StreamHistory> = {}): StreamHistory => ({
  subscriber: 'one',
  articleId: '1',
  start: undefined,
  received,
  errors: [],
  ...more,
});

const check = (received: Received[], more: Partial<StreamHistory> = {}) =>
  checkStream(history(received, more), logs, 'never');

describe('the history of a subscriber', () => {
  const whole = [checkpoint(2), event(3), event(4), checkpoint(4), event(5)];

  it('has no fault where it equals the log from its start', () => {
    expect(check(whole)).toEqual([]);
    expect(check([event(4), event(5), checkpoint(5)], { start: 3 })).toEqual([]);
  });

  it.each<[string, Received[], RegExp]>([
    ['a gap', [checkpoint(2), event(4), event(5)], /gap: event 4 came after 2/],
    ['a gap at the start', [checkpoint(2), event(5)], /gap/],
    ['a duplicate', [checkpoint(2), event(3), event(3), event(4), event(5)], /event 3 again/],
    ['two in the wrong order', [checkpoint(2), event(4), event(3), event(5)], /gap/],
    ['an end before the end', [checkpoint(2), event(3), event(4)], /ends at 4; the log ends at 5/],
    ['an event that never was', [...whole, event(6)], /event 6, and the log ends at 5/],
    ['another event under the number', [checkpoint(4), event(5, '999')], /of comment 999 as event 5/],
    ['a checkpoint ahead of the events', [checkpoint(2), event(3), checkpoint(5)], /checkpoint at 5/],
    ['a reset that was not called for', [checkpoint(2), reset(5)], /was reset/],
    ['an event before any cursor', [event(1)], /before any cursor/],
    ['nothing', [], /nothing at all/],
  ])('with %s is a fault', (_, received, fault) => {
    expect(check(received)).toEqual([expect.stringMatching(fault)]);
  });

  it('with errors instead of events is a fault', () => {
    expect(check(whole, { errors: ['close code 4500'] })).toEqual([expect.stringContaining('4500')]);
  });

  it('must have exactly one reset where that is required', () => {
    const rule = (received: Received[]) => checkStream(history(received), logs, 'once');
    expect(rule([checkpoint(1), reset(4), event(5)])).toEqual([]);
    expect(rule([checkpoint(4), event(5)])).toHaveLength(1);
    expect(rule([checkpoint(1), reset(4), reset(5)])).toHaveLength(1);
  });

  it('and the page that was loaded after a reset must equal the thread', () => {
    const seen = history([checkpoint(1), reset(4), event(5)]);
    const page = ['101', '102', '103', '104'];
    expect(checkPage(seen, page, [...page, '105'])).toEqual([]);
    expect(checkPage(seen, page.slice(1), [...page, '105'])).toEqual([expect.stringContaining('1 missing')]);
    expect(checkPage(seen, page, page)).toEqual([expect.stringContaining('1 too many')]);
    expect(checkPage(seen, undefined, page)).toHaveLength(1);
  });

  it('is compared by the kinds of events, as the log names them', () => {
    expect(kindOf('CommentReactionsChanged')).toBe('COMMENT_REACTIONS_CHANGED');
    expect(check([checkpoint(4), { ...event(5), kind: 'COMMENT_EDITED' } as Received])).toHaveLength(1);
  });
});

describe('the check of posts', () => {
  const stored = log.map((_, index) => ({
    key: `key-${index + 1}`,
    articleId: '1',
    commentId: String(101 + index),
  }));
  const posts: Post[] = stored.map((comment) => ({ ...comment, outcome: 'acknowledged' }));
  const nowhere = { key: 'key-9', articleId: '1', commentId: undefined };

  it('accepts posts that are stored once', () => {
    expect(checkPosts(posts, stored, logs)).toEqual([]);
    expect(checkPosts([...posts, { ...nowhere, outcome: 'unknown' }], stored, logs)).toEqual([]);
    expect(checkPosts([...posts, { ...nowhere, outcome: 'failed' }], stored, logs)).toEqual([]);
    const heardOf = posts.map((post): Post => ({ ...post, outcome: 'unknown', commentId: undefined }));
    expect(checkPosts(heardOf, stored, logs)).toEqual([]);
  });

  it('finds an acknowledged comment that was lost', () => {
    const without = { '1': log.slice(0, 4) };
    expect(checkPosts(posts, stored.slice(0, 4), without)).toEqual([
      expect.stringMatching(/key-5 \(acknowledged\) is stored 0 times/),
    ]);
  });

  it.each(['acknowledged', 'unknown'] as const)(
    'finds a comment of %s outcome that is stored twice',
    (outcome) => {
      const twice = { key: 'key-1', articleId: '1', commentId: '200' };
      const [first, ...others] = posts;
      const doubled = [{ ...first, outcome } as Post, ...others];
      const longer = {
        '1': [...log, { sequence: 6, kind: 'COMMENT_ADDED', commentId: '200', idempotencyKey: 'key-1' }],
      };
      expect(checkPosts(doubled, [...stored, twice], longer)).toEqual([
        expect.stringContaining('is stored 2 times'),
      ]);
    },
  );

  it('finds a failed comment that is stored, and one that nobody posted', () => {
    const [first, ...others] = posts;
    expect(checkPosts([{ ...first, outcome: 'failed' } as Post, ...others], stored, logs)).toHaveLength(1);
    expect(checkPosts(others, stored, logs)).toEqual(['nobody posted comment key-1']);
  });

  it('finds a comment without its event, and one with two', () => {
    expect(checkPosts(posts, stored, { '1': log.slice(1) })).toHaveLength(1);
    const again = { sequence: 6, kind: 'COMMENT_ADDED', commentId: '105', idempotencyKey: 'key-5' };
    expect(checkPosts(posts, stored, { '1': [...log, again] })).toHaveLength(1);
  });

  it('finds a comment that differs from the acknowledged one', () => {
    const [first, ...others] = posts;
    expect(checkPosts([{ ...first, commentId: '999' } as Post, ...others], stored, logs)).toHaveLength(1);
  });

  it('finds a log with a gap', () => {
    expect(checkLogs(logs)).toEqual([]);
    expect(checkLogs({ '1': log.filter(({ sequence }) => sequence !== 3) })).toHaveLength(1);
  });
});

describe('the log of the whole site', () => {
  const site = [0, 1, 2, 3, 4, 5].map((articleSequence, index) => ({
    ...(log[articleSequence - 1] ?? {
      kind: 'ARTICLE_UPDATED',
      commentId: null,
      idempotencyKey: null,
    }),
    sequence: index + 1,
    articleId: '1',
    articleSequence,
  }));
  const without = (place: number) =>
    site.filter((_, index) => index !== place).map((event, index) => ({ ...event, sequence: index + 1 }));

  it('has no fault where it has each event of each article once, in its order', () => {
    expect(checkSite(site, logs)).toEqual([]);
    expect(checkSite(without(0), logs)).toEqual([]);
  });

  it.each([
    ['an event is missing', without(2), /5 events|4 events of article 1 instead of 5, and differs at 2/],
    ['the last event is missing', without(5), /4 events of article 1 instead of 5/],
    [
      'an event is there twice',
      [...site, { ...site[3]!, sequence: 7 }],
      /6 events of article 1 instead of 5/,
    ],
    ['an event is another one', site.map((e, i) => (i === 3 ? { ...e, commentId: '9' } : e)), /differs at 3/],
    [
      'a number is missing',
      site.map((e, i) => (i < 3 ? e : { ...e, sequence: i + 2 })),
      /number 5 at place 4/,
    ],
    [
      'two are in the wrong order',
      [1, 0, 2, 3, 5, 4].map((at, index) => ({ ...site[at]!, sequence: index + 1 })),
      /differs at 4/,
    ],
  ])('is at fault where %s', (_, broken, fault) => {
    expect(checkSite(broken, logs).join()).toMatch(fault);
  });
});
