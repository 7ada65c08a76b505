/** @database none */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { arrange } from '../../../src/features/import/source/arrange.ts';
import { Collection } from '../../../src/features/import/source/collection.ts';
import { fromPlain } from '../../../src/features/import/source/field.ts';
import type { SourceRefusal } from '../../../src/features/import/source/source-faults.ts';
import { Texts } from '../../../src/features/import/source/texts.ts';
import { type GroupWriting, writeGroups } from '../../../src/features/import/source/write-groups.ts';

const place = (line: number) => ({ line });

/** A collection that is empty, and the number of texts that were converted or rendered for it so far. */
function countedCollection() {
  const texts = new Texts('');
  const performed = { keep: 0, render: 0 };
  const perform = texts.perform.bind(texts);
  texts.perform = (job) => {
    performed[job.kind] += 1;
    return perform(job);
  };
  const collection = new Collection({
    source: 'disqus',
    secret: Buffer.alloc(32),
    now: new Date(),
    texts,
    progress: () => undefined,
  });
  let count = 0;
  const add = (length: number): void => {
    count += 1;
    collection.comment({
      place: place(count),
      threadId: '1',
      id: String(count),
      parentId: undefined,
      author: { name: fromPlain('Ada'), id: 'ada', email: undefined },
      body: 'a'.repeat(length),
      bodyFormat: 'text',
      createdAt: { at: new Date(1_500_000_000_000), precision: 'INSTANT' },
      isPublic: true,
      likes: undefined,
    });
  };
  return { collection, texts, add, performed };
}

/** Reads comments of these lengths. @returns how many wait to be converted after each of them */
async function waitingAfterEach(lengths: readonly number[]): Promise<number[]> {
  const { collection, add, performed } = countedCollection();
  const waiting: number[] = [];
  for (const length of lengths) {
    add(length);
    await collection.ready();
    waiting.push(waiting.length + 1 - performed.keep);
  }
  await collection.end();
  collection.comments.close();
  return waiting;
}

it('short texts of an export wait until they are 200', async () => {
  const waiting = await waitingAfterEach(Array.from({ length: 400 }, () => 10));
  expect([Math.max(...waiting), waiting[198], waiting[199], waiting[399]]).toEqual([199, 199, 0, 0]);
});

it('long texts of an export wait until they have a million characters together', async () => {
  expect(await waitingAfterEach([600_000, 600_000, 10, 600_000, 600_000])).toEqual([1, 0, 1, 2, 0]);
});

/** @returns how many texts of the comments of a new article were rendered when they are to be written */
async function renderedAhead(lengths: readonly number[]): Promise<number> {
  const { collection, texts, add, performed } = countedCollection();
  for (const length of lengths) add(length);
  await collection.end();
  const thread = {
    place: place(1),
    id: '1',
    url: 'https://example.org/ferry',
    title: fromPlain('The ferry'),
    publishedAt: undefined,
    html: undefined,
  };
  let ahead = -1;
  const service = {
    importThreads: (items: readonly unknown[]) => {
      // One is the article's own.
      ahead = performed.render - 1;
      return Promise.resolve(items.map(() => ({ result: 'UNCHANGED' })));
    },
  };
  await writeGroups(
    {
      groups: [
        {
          target: { thread, byline: { slug: 'desk', name: 'The desk' } },
          threadIds: ['1'],
          comments: lengths.length,
          extent: 1,
        },
      ],
      comments: collection.comments,
      texts,
      arrange: ({ threadIds }) => arrange(collection, threadIds, { source: 'disqus', maxDepth: 100 }),
      service: service as unknown as GroupWriting['service'],
      progress: () => undefined,
    },
    () => Promise.resolve(),
  );
  collection.comments.close();
  return ahead;
}

it('texts of new articles are rendered ahead where those of a transaction are 1,000 and have 4 MiB at most', async () => {
  const long = Array.from({ length: 420 }, () => 9_990);
  const many = Array.from({ length: 1001 }, () => 10);
  expect([await renderedAhead([10, 10, 10]), await renderedAhead(long), await renderedAhead(many)]).toEqual([
    3, 0, 0,
  ]);
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-texts-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Renders texts with a thread that does something for each list of them. @returns how each of three lists ended, of one text each */
async function withThread(onJobs: string): Promise<unknown[]> {
  const program = join(folder, `${Math.random()}.mjs`);
  await writeFile(
    program,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', (jobs) => { ${onJobs} });`,
  );
  const texts = new Texts(program);
  const render = (markdown: string) => texts.perform({ kind: 'render', markdown, profile: 'comment' });
  try {
    // These are rendered here.
    await Promise.all(Array.from({ length: 2000 }, () => render('a')));
    const ends: unknown[] = [];
    for (const markdown of ['first', 'second', 'third'])
      ends.push(
        await render(markdown).then(
          (result) => result,
          (error: Error) => error.message,
        ),
      );
    return ends;
  } finally {
    await texts.close();
  }
}

it('texts that a thread does not answer are refused, and so are all later ones', async () => {
  const answer = `parentPort.postMessage(jobs.map(({ markdown }) => markdown))`;
  const onSecond = (what: string) => `if (jobs[0].markdown === 'second') ${what}; else ${answer};`;
  expect(await withThread(`${answer};`)).toEqual(['first', 'second', 'third']);
  expect(await withThread(onSecond(`throw new Error('boom')`))).toEqual(['first', 'boom', 'boom']);
  const ended = 'The thread that works on texts has ended';
  expect(await withThread(onSecond('process.exit()'))).toEqual(['first', ended, ended]);
});

it('faults of an export are told by their lines, and not as they are found', async () => {
  const { collection, add } = countedCollection();
  // Its text is converted later than what follows is checked.
  add(200_001);
  for (let line = 2; line <= 120; line++) collection.fault(place(122 - line), 'is wrong');
  await collection.end();
  collection.comments.close();
  const told = (): string[] => {
    try {
      collection.requireFaultless();
    } catch (error) {
      return [...(error as SourceRefusal).lines];
    }
    return [];
  };
  expect(told().map((line) => /^(line \d+: \w+|and .*)/.exec(line)?.[0])).toEqual([
    'line 1: the',
    ...Array.from({ length: 49 }, (_, index) => `line ${index + 2}: is`),
    'and 70 more',
  ]);
});

it('a fault of a text that is worked on without the thread is that of the text', async () => {
  const texts = new Texts('');
  const performed = texts.perform({ kind: 'render', markdown: null as never, profile: 'comment' });
  const message = await performed.then(
    () => '',
    (error: Error) => error.message,
  );
  expect([message.includes('null'), message.includes('DataLoader')]).toEqual([true, false]);
});
