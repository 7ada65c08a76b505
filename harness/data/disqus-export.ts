import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { whole } from '../options.ts';
import { Random } from '../random.ts';
import { commentMarkdown } from './texts.ts';

/*
 * Writes a made-up export of Disqus to the standard output: posts of all threads in the order of their times, as real exports have
 * them, with replies, deleted posts, spam, guests and accounts. The first thread has a fifth of the comments;
 * with `--shape chain` or `--shape flat` all threads have as many, in one chain of replies or without any.
 *
 *   npm run --silent sample-export -- --comments 100000 --threads 500 > export.xml
 */

const { values } = parseArgs({
  options: {
    comments: { type: 'string', default: '100000' },
    threads: { type: 'string', default: '500' },
    shape: { type: 'string', default: 'mixed' },
    seed: { type: 'string', default: '1' },
  },
});
const comments = whole('comments', values.comments);
const threads = whole('threads', values.threads);
const { shape } = values;
if (!['mixed', 'chain', 'flat'].includes(shape)) throw new Error('--shape takes mixed, chain or flat');
const random = new Random(whole('seed', values.seed));

const start = Date.UTC(2015, 0, 1);
const stepMs = 60_000;
const timeAt = (number: number): string => `${new Date(start + number * stepMs).toISOString().slice(0, 19)}Z`;

const write = async (text: string): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

const thread = (id: number): string => `  <thread dsq:id="${id}">
    <id>page-${id}</id>
    <forum>sample</forum>
    <category dsq:id="1"/>
    <link>https://example.org/pages/${id}</link>
    <title>Page ${id} &amp; what follows</title>
    <message/>
    <createdAt>${timeAt(0)}</createdAt>
    <author><name>Sample</name><isAnonymous>false</isAnonymous><username>sample</username></author>
    <isClosed>false</isClosed>
    <isDeleted>false</isDeleted>
  </thread>
`;

function author(): string {
  const number = Math.floor(random.next() * comments * 0.1);
  const name = `<name>Reader ${number}</name>`;
  return random.chance(0.2)
    ? `<email>guest-${number}@example.org</email>${name}<isAnonymous>true</isAnonymous>`
    : `<email>reader-${number}@example.org</email>${name}<isAnonymous>false</isAnonymous><username>reader_${number}</username>`;
}

function message(): string {
  const text = commentMarkdown(random).replace(/[<>&]/g, '').replace(/\n+/g, '</p><p>');
  const link = random.chance(0.1)
    ? ` <a href="https://example.org/a?b=c" rel="nofollow noopener">https://example.org/a...</a>`
    : '';
  return `<p>${text}${link}</p>${random.chance(0.3) ? '<p>And <i>more</i>.<br>Truly.</p>' : ''}`;
}

const post = (id: number, threadId: number, parent: number | undefined): string => `  <post dsq:id="${id}">
    <id/>
    <message><![CDATA[${message()}]]></message>
    <createdAt>${timeAt(id)}</createdAt>
    <isDeleted>${random.chance(0.03)}</isDeleted>
    <isSpam>${random.chance(0.02)}</isSpam>
    <author>${author()}</author>
    <thread dsq:id="${threadId}"/>${parent === undefined ? '' : `\n    <parent dsq:id="${parent}"/>`}
  </post>
`;

await write(`<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
  <category dsq:id="1"><forum>sample</forum><title>General</title><isDefault>true</isDefault></category>
`);
for (let id = 1; id <= threads; id += 1) await write(thread(id));

function threadOf(id: number): number {
  if (shape !== 'mixed') return 1 + ((id - 1) % threads);
  return random.chance(0.2) ? 1 : 1 + Math.floor(random.next() * threads);
}

/** @param known some posts of the thread that may get replies, the newest last */
function parentOf(known: readonly number[]): number | undefined {
  if (shape === 'flat') return undefined;
  if (shape === 'chain') return known.at(-1);
  return random.chance(0.6) ? random.pick(known) : undefined;
}

/** Some posts of each thread that get replies. */
const open = new Map<number, number[]>();
for (let id = 1; id <= comments; id += 1) {
  const threadId = threadOf(id);
  const known = open.get(threadId) ?? [];
  const parent = parentOf(known);
  await write(post(id, threadId, parent));
  open.set(threadId, [...known.slice(-20), id]);
}
await write('</disqus>\n');
