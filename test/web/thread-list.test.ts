/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Entry, type EntryPage, type Row, type ThreadSort } from '../../web/thread/thread-entry.ts';
import { ThreadList } from '../../web/thread/thread-list.ts';

/** An entry at a position in the service's order: newer comments come first on the first level, and last below. */
const entry = (path: readonly number[]): Entry => ({
  id: path.join('.'),
  depth: path.length - 1,
  threadPosition: path.map((step, index) => String(index === 0 ? 900 - step : 100 + step)).join(''),
  createdAt: `2024-01-01T00:00:00.${String(path.at(-1)).padStart(3, '0')}Z`,
});

const at = (millisecond: number) => ({ createdAt: `2024-01-01T00:00:00.00${millisecond}Z` });

const page = (nodes: readonly Entry[], more: Partial<EntryPage['pageInfo']> = {}): EntryPage => ({
  nodes,
  pageInfo: {
    startCursor: nodes[0]?.id ?? null,
    endCursor: nodes.at(-1)?.id ?? null,
    hasPreviousPage: false,
    hasNextPage: false,
    ...more,
  },
});

function listOf(
  sort: ThreadSort,
  nodes: readonly Entry[],
  more: Partial<EntryPage['pageInfo']> = {},
): ThreadList {
  const list = new ThreadList({ sort, maxLevel: 8 });
  list.replace(page(nodes, more));
  return list;
}

const keysOf = (list: ThreadList): string[] => list.snapshot().rows.map(({ key }) => key);
const ids = (rows: readonly Row[]) => rows.flatMap((row) => (row.kind === 'comment' ? [row.id] : []));

describe('new comments', () => {
  it('at any depth are counted until the reader has come to them, and follow each other in the order of the list', () => {
    const list = listOf('THREADED', [entry([3]), entry([2]), entry([2, 1]), entry([1])]);
    list.add(entry([1, 1]));
    list.add(entry([2, 1, 1]));
    list.add(entry([4]));
    // The reader's own.
    list.add(entry([3, 1]), true);
    expect(list.snapshot()).toMatchObject({ gathered: 1, unseen: 2 });
    expect(list.nextUnseen(undefined)).toBe('2.1.1');
    expect(list.nextUnseen('2.1.1')).toBe('1.1');
    // After the last one comes the first one.
    expect(list.nextUnseen('1.1')).toBe('2.1.1');
    list.see(['2.1.1', '3']);
    expect(list.snapshot().unseen).toBe(1);
    expect(list.nextUnseen('2.1.1')).toBe('1.1');
    list.remove('1.1');
    expect(list.snapshot().unseen).toBe(0);
    expect(list.nextUnseen(undefined)).toBeUndefined();
    list.showGathered();
    expect(list.nextUnseen(undefined)).toBe('4');
    list.replace(page([entry([4])]));
    expect(list.snapshot().unseen).toBe(0);
  });
});

describe('a thread in reading order', () => {
  const all = [
    entry([3]),
    entry([2]),
    entry([2, 1]),
    entry([2, 1, 1]),
    entry([2, 2]),
    entry([1]),
    entry([1, 1]),
  ];

  it('puts replies in their place, and gathers new threads with their replies', () => {
    const list = listOf('THREADED', all);
    list.add(entry([2, 1, 2]));
    list.add(entry([4]));
    list.add(entry([4, 1]));
    list.add(entry([2, 1, 2]));
    expect(keysOf(list)).toEqual(['3', '2', '2.1', '2.1.1', '2.1.2', '2.2', '1', '1.1']);
    expect(list.snapshot().gathered).toBe(2);
    expect(list.snapshot().rows[4]).toMatchObject({ isNew: true, level: 2 });
    expect(list.showGathered()).toEqual(['4', '4.1']);
    expect(keysOf(list).slice(0, 3)).toEqual(['4', '4.1', '3']);
    expect(list.snapshot().gathered).toBe(0);
  });

  it('leaves out comments of pages that are not loaded, except the reader’s own', () => {
    const list = listOf('THREADED', all.slice(1, 4), { hasPreviousPage: true, hasNextPage: true });
    list.add(entry([3, 1]));
    list.add(entry([2, 3]));
    list.add(entry([1, 2]));
    expect(keysOf(list)).toEqual(['2', '2.1', '2.1.1']);
    list.add(entry([2, 4]), true);
    expect(keysOf(list)).toEqual(['2', '2.1', '2.1.1', '2.4']);
    // The comment is also in its page.
    list.extend('end', page([entry([2, 2]), entry([2, 3]), entry([2, 4]), entry([1])]));
    list.extend('start', page([entry([3]), entry([3, 1])]));
    expect(keysOf(list)).toEqual(['3', '3.1', '2', '2.1', '2.1.1', '2.2', '2.3', '2.4', '1']);
  });

  it('folds the replies to a comment, and unfolds them to reveal one', () => {
    const list = listOf('THREADED', all);
    list.setFolded('2', true);
    expect(keysOf(list)).toEqual(['3', '2', '1', '1.1']);
    list.add(entry([2, 3]));
    expect(keysOf(list)).toEqual(['3', '2', '1', '1.1']);
    list.reveal('2.1.1');
    expect(keysOf(list)).toEqual(['3', '2', '2.1', '2.1.1', '2.2', '2.3', '1', '1.1']);
  });

  it('shows the reader’s own comment where the service will put it', () => {
    const list = listOf('THREADED', all);
    list.setOwn([
      { key: 'a', parentId: '2' },
      { key: 'b', parentId: undefined },
      { key: 'c', parentId: '2.1' },
    ]);
    expect(keysOf(list)).toEqual(['own:b', '3', '2', '2.1', '2.1.1', 'own:c', '2.2', 'own:a', '1', '1.1']);
  });

  it('ends at the level whose replies have a page of their own', () => {
    const deep = Array.from({ length: 9 }, (_, depth) => entry(Array.from({ length: depth + 1 }, () => 1)));
    const list = listOf('THREADED', deep);
    list.add(entry(Array.from({ length: 10 }, () => 1)));
    expect(list.snapshot().rows).toHaveLength(9);
    expect(list.snapshot().rows.at(-1)).toMatchObject({ below: 'continue', level: 8 });
  });

  it('can consist of the replies to one comment, with new replies at the end', () => {
    const root = entry([2]);
    const list = new ThreadList({ sort: 'THREADED', maxLevel: 8, root });
    list.replace(page([entry([2, 1]), entry([2, 1, 1])]));
    list.add(entry([2, 2]));
    list.add(entry([3]));
    list.add(entry([1, 1]));
    expect(list.snapshot()).toMatchObject({ gathered: 0 });
    expect(keysOf(list)).toEqual(['2.1', '2.1.1', '2.2']);
    expect(list.snapshot().rows[1]).toMatchObject({ level: 1 });
  });

  it('equals the service’s list, whatever arrives by pages and events, in any order', () => {
    const thread = fc.uniqueArray(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), {
      selector: (path) => path.join('.'),
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(thread, fc.infiniteStream(fc.boolean()), fc.nat(), (paths, coins, cut) => {
        // Every reply needs its parent.
        const known = new Set(paths.map((path) => path.join('.')));
        const whole = paths
          .filter((path) => path.every((_, index) => known.has(path.slice(0, index + 1).join('.'))))
          .map(entry)
          .sort((a, b) => (a.threadPosition < b.threadPosition ? -1 : 1));
        const [early, late]: [Entry[], Entry[]] = [[], []];
        for (const each of whole) {
          const isBelowLate = late.some(({ threadPosition }) =>
            each.threadPosition.startsWith(threadPosition),
          );
          (isBelowLate || coins.next().value ? late : early).push(each);
        }
        const middle = early.length === 0 ? 0 : cut % early.length;
        const list = listOf('THREADED', early.slice(middle), { hasPreviousPage: middle > 0 });
        for (const each of late) list.add(each);
        if (middle > 0) list.extend('start', page(early.slice(0, middle)));
        list.showGathered();
        // A new comment before the first loaded page has no known place: it comes with its page.
        const shown = ids(list.snapshot().rows);
        expect(shown).toEqual(whole.map(({ id }) => id).filter((id) => shown.includes(id)));
        expect(shown).toEqual(expect.arrayContaining(early.map(({ id }) => id)));
        if (middle === 0) expect(shown).toHaveLength(whole.length);
      }),
    );
  });
});

describe('other orders', () => {
  it('put new comments at the end if the oldest come first, and gather them if the newest come first', () => {
    const [one, two, three] = [entry([1]), entry([2]), { ...entry([2, 1]), ...at(3) }];
    const oldest = listOf('OLDEST', [one, two]);
    oldest.add(three);
    expect(keysOf(oldest)).toEqual(['1', '2', '2.1']);
    const partly = listOf('OLDEST', [one], { hasNextPage: true });
    partly.add(three);
    expect(keysOf(partly)).toEqual(['1']);
    const newest = listOf('NEWEST', [two, one]);
    newest.add(three);
    expect(newest.snapshot().gathered).toBe(1);
    expect(newest.showGathered()).toEqual(['2.1']);
    expect(keysOf(newest)).toEqual(['2.1', '2', '1']);
    expect(newest.snapshot().rows.map(({ level }) => level)).toEqual([0, 0, 0]);
  });

  it('put an approved or restored comment in its place if that place is loaded', () => {
    const [one, two, three] = [entry([1]), entry([2]), entry([3])];
    const four = { ...entry([1, 1]), ...at(4) };
    const oldest = listOf('OLDEST', [one, three]);
    oldest.add(two);
    oldest.add(four);
    expect(keysOf(oldest)).toEqual(['1', '2', '3', '1.1']);
    const newest = listOf('NEWEST', [three, one]);
    newest.add(two);
    expect(newest.snapshot().gathered).toBe(0);
    expect(keysOf(newest)).toEqual(['3', '2', '1']);
    const threaded = listOf('THREADED', [three, one]);
    threaded.add(two);
    expect(keysOf(threaded)).toEqual(['3', '2', '1']);
    // A part from the middle of the list.
    const part = { hasPreviousPage: true, hasNextPage: true };
    for (const [sort, nodes] of [
      ['OLDEST', [two, three]],
      ['NEWEST', [three, two]],
    ] as const) {
      const list = listOf(sort, nodes, part);
      list.add(one);
      expect(keysOf(list)).toEqual(nodes.map(({ id }) => id));
      expect(list.snapshot().gathered).toBe(0);
    }
    const later = listOf('OLDEST', [one, three], part);
    later.add(two);
    later.add(four);
    expect(keysOf(later)).toEqual(['1', '2', '3']);
  });

  it('know whether the place of a comment that is being written is not loaded', () => {
    const nodes = [entry([1])];
    const lacks = (sort: ThreadSort, more: Partial<EntryPage['pageInfo']>, isThread: boolean) =>
      listOf(sort, nodes, more).lacksPlaceFor(isThread);
    expect(lacks('OLDEST', { hasNextPage: true }, true)).toBe(true);
    expect(lacks('OLDEST', { hasPreviousPage: true }, true)).toBe(false);
    expect(lacks('NEWEST', { hasPreviousPage: true }, false)).toBe(true);
    expect(lacks('THREADED', { hasPreviousPage: true }, true)).toBe(true);
    expect(lacks('THREADED', { hasPreviousPage: true, hasNextPage: true }, false)).toBe(false);
  });

  it('load replies for one thread at a time if the best come first, and add new replies where they are loaded', () => {
    const list = listOf('TOP', [entry([1]), entry([3]), entry([2])]);
    list.add(entry([1, 3]));
    expect(keysOf(list)).toEqual(['1', '3', '2']);
    expect(list.snapshot().rows[0]).toMatchObject({ below: 'branch' });
    list.extendBranch('1', page([entry([1, 1]), entry([1, 1, 1])], { hasNextPage: true }));
    expect(keysOf(list)).toEqual(['1', '1.1', '1.1.1', 'more:1', '3', '2']);
    list.extendBranch('1', page([entry([1, 3])]));
    list.add(entry([1, 1, 2]));
    expect(keysOf(list)).toEqual(['1', '1.1', '1.1.1', '1.1.2', '1.3', '3', '2']);
    list.add(entry([4]));
    expect(list.snapshot().gathered).toBe(1);
    list.showGathered();
    expect(keysOf(list)[0]).toBe('4');
  });

  it('keep a removed comment until the reply to it is done, and longer if the comment is restored', () => {
    const list = listOf('THREADED', [entry([2]), entry([1])]);
    list.setAnswered('2', true);
    list.remove('2');
    expect(keysOf(list)).toEqual(['2', '1']);
    list.replace(page([entry([3]), entry([1])]));
    expect(keysOf(list)).toEqual(['3', '2', '1']);
    list.add(entry([2]));
    list.setAnswered('2', false);
    expect(keysOf(list)).toEqual(['3', '2', '1']);
    list.setAnswered('2', true);
    list.remove('2');
    list.setAnswered('2', false);
    expect(keysOf(list)).toEqual(['3', '1']);
  });

  it('drop vanished comments, and notify subscribers once for a batch', () => {
    const list = listOf('THREADED', [entry([2]), entry([1])]);
    let told = 0;
    list.subscribe(() => told++);
    list.batch(() => {
      list.add(entry([1, 1]));
      list.add(entry([3]));
      list.remove('3');
      list.remove('2');
      list.remove('unknown');
    });
    expect(told).toBe(1);
    expect(keysOf(list)).toEqual(['1', '1.1']);
    expect(list.snapshot().gathered).toBe(0);
  });
});
