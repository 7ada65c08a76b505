import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { onConnection } from '../../harness/database.ts';
import { findViolations } from '../../harness/invariants.ts';
import { moderationLog } from '../../src/platform/screening/moderation-log.ts';
import type { SignedIn } from '../../harness/sessions.ts';
import { globalId } from '../clients/api.ts';
import { checkActs } from '../moderation/acts.ts';
import { impatientAgent, ModerationClient } from '../moderation/client.ts';
import { type Forum, live, ModeratedWriter, noted, read } from '../moderation/crowd.ts';
import {
  countRemovals,
  selectActions,
  selectCounts,
  selectPublic,
  selectQueue,
  selectUntold,
} from '../moderation/moderation.queries.ts';
import { Moderator } from '../moderation/moderators.ts';
import { checkQueue } from '../moderation/queue.ts';
import { heldHost, heldWord, markPattern, Texts } from '../moderation/texts.ts';
import type { Scenario } from '../scenario.ts';
import type { ServiceNode } from '../world/service-node.ts';
import type { World } from '../world/world.ts';

const [writerCount, moderatorCount, administratorCount] = [50, 10, 2];
const standstillMs = 30_000;

/** Longest time for the next decisions, in milliseconds. */
const progressMs = 120_000;

/** Longest time for removals that are under way, in milliseconds. */
const removalMs = 60_000;

/** All who take part, and what they did. */
class Session {
  readonly forum: Forum;
  readonly moderators: readonly SignedIn[];
  readonly writers: readonly SignedIn[];
  readonly unexpected = new Set<string>();
  readonly #world: World;
  readonly #agent = impatientAgent();
  readonly #stop = new AbortController();
  readonly #clients: ModerationClient[] = [];
  #lives: Promise<void>[] = [];

  constructor(world: World, articleIds: readonly string[]) {
    const [premoderatedId = ''] = articleIds;
    // Everybody who takes part listens to this signal.
    setMaxListeners(0, this.#stop.signal);
    this.#world = world;
    this.writers = world.signedIn.slice(0, writerCount);
    this.moderators = world.signedIn.slice(writerCount, writerCount + moderatorCount);
    const { random } = world;
    this.forum = {
      random,
      texts: new Texts(random),
      articleIds,
      premoderatedId,
      acts: [],
      comments: [],
      decisions: [],
      refusals: new Map(),
      stop: this.#stop.signal,
    };
  }

  get retries(): number {
    return this.#clients.reduce((sum, { retries }) => sum + retries, 0);
  }

  /** @param signedIn undefined: a reader. Moderators may see everything. */
  client(signedIn: SignedIn | undefined, urls: readonly string[]): ModerationClient {
    const mayLook = signedIn !== undefined && this.moderators.includes(signedIn);
    const client = new ModerationClient({
      urls,
      random: this.#world.random,
      agent: this.#agent,
      signedIn,
      onReceived: (text) => {
        if (!mayLook) this.forum.texts.see(signedIn?.accountId ?? '', text);
      },
      onUnexpected: (fault) => this.unexpected.add(fault),
    });
    this.#clients.push(client);
    return client;
  }

  /** @param perSecond deeds of all writers, of all moderators, and of readers */
  begin(urls: readonly string[], perSecond: readonly [number, number, number]): void {
    const { forum } = this;
    const [writing, moderating, reading] = perSecond;
    const writerIds = this.writers.map(({ accountId }) => accountId);
    this.#lives = [
      ...this.writers.map((writer, lane) =>
        new ModeratedWriter(forum, this.client(writer, urls), lane % 2 === 0).live(
          (1000 * writerCount) / writing,
        ),
      ),
      ...this.moderators.map((moderator, lane) =>
        new Moderator({
          forum,
          client: this.client(moderator, urls),
          isAdministrator: lane < administratorCount,
          repeats: lane % 2 === 0,
          writerIds,
        }).live((1000 * moderatorCount) / moderating),
      ),
      ...[0, 1, 2].map(() => {
        const reader = this.client(undefined, urls);
        return live(forum, 3000 / reading, [[1, () => read(forum, reader)]]);
      }),
    ];
  }

  /** Waits until moderators were told of so many more decisions. @returns whether that came true */
  async decided(count: number): Promise<boolean> {
    const made = () => this.forum.acts.filter(({ kind, accepted }) => kind === 'DECIDED' && accepted).length;
    const wanted = made() + count;
    const overdue = performance.now() + progressMs;
    while (made() < wanted && performance.now() < overdue) await sleep(20);
    return made() >= wanted;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lives);
  }

  async close(): Promise<void> {
    await this.end();
    await this.#agent.destroy();
  }
}

/** A command that has to be carried out; commands of the scenario's own, at a node that is well. */
async function must(session: Session, node: ServiceNode, name: string, input: object): Promise<void> {
  const [administrator] = session.moderators;
  const client = session.client(administrator, [node.url]);
  const reply = await client.command({ name, input, fields: '__typename' }, true);
  if (reply.is !== 'accepted') throw new Error(`${name} was answered with ${JSON.stringify(reply)}`);
  if (/^(set|add|remove)/.test(name))
    noted(session.forum, reply, { kind: 'SETTINGS_CHANGED', actorId: client.id, about: '' });
  else noted(session.forum, reply, { kind: 'SANCTION_LIFTED', actorId: client.id, about: aboutOf(input) });
}

const aboutOf = (input: { readonly personId?: string }): string =>
  Buffer.from(input.personId ?? '', 'base64url')
    .toString()
    .split(':')
    .at(-1) ?? '';

async function prepare(world: World, session: Session, node: ServiceNode): Promise<void> {
  const ids = session.moderators.map(({ accountId }) => accountId);
  await world.query(
    `UPDATE account SET roles = CASE WHEN id = ANY($2::bigint[]) THEN ARRAY['READER', 'MODERATOR', 'ADMINISTRATOR']
       ELSE ARRAY['READER', 'MODERATOR'] END WHERE id = ANY($1::bigint[])`,
    [ids, ids.slice(0, administratorCount)],
  );
  const articleId = globalId('Article', session.forum.premoderatedId);
  await must(session, node, 'setCommentPolicy', { articleId, commentPolicy: 'PREMODERATED' });
  await must(session, node, 'addModerationWords', { words: [{ text: heldWord }] });
  await must(session, node, 'setModerationSettings', {
    heldHosts: { add: [heldHost] },
    reportsToHold: 2,
    claimSeconds: 30,
  });
}

/** Everything as it was, for those who use the same site. */
async function restore(world: World, session: Session, node: ServiceNode): Promise<void> {
  const ask = session.client(session.moderators[0], [node.url]);
  const words = await ask.ask<{ moderationWords: { nodes: { id: string }[] } }>(
    '{ moderationWords(first: 100) { nodes { id } } }',
  );
  const wordIds = (words?.moderationWords.nodes ?? []).map(({ id }) => id);
  if (wordIds.length > 0) await must(session, node, 'removeModerationWords', { wordIds });
  await must(session, node, 'setModerationSettings', {
    heldHosts: { remove: [heldHost] },
    reportsToHold: 3,
    claimSeconds: 300,
    firstComments: 0,
    holdsRepeatedText: false,
    maxLinks: null,
  });
  const articleId = globalId('Article', session.forum.premoderatedId);
  await must(session, node, 'setCommentPolicy', { articleId, commentPolicy: 'OPEN' });
  for (const id of session.forum.articleIds)
    await must(session, node, 'setArticleModeration', {
      articleId: globalId('Article', id),
      firstComments: null,
    });
  const sanctions = await world.query<{ id: string; suspended: boolean; premoderated: boolean }>(
    `SELECT id::text, suspended_at IS NOT NULL AS suspended, premoderated_at IS NOT NULL AS premoderated FROM account
     WHERE suspended_at IS NOT NULL OR premoderated_at IS NOT NULL`,
  );
  for (const { id, suspended, premoderated } of sanctions) {
    const personId = globalId('Person', id);
    if (suspended) await must(session, node, 'liftSanction', { personId, kind: 'SUSPENSION' });
    if (premoderated) await must(session, node, 'liftSanction', { personId, kind: 'PREMODERATION' });
  }
}

/** What both nodes say that there is, against the tables. */
async function expectCounts(world: World, session: Session, node: ServiceNode): Promise<void> {
  const { articleIds } = session.forum;
  const inArticles = articleIds.map(
    (id) => `a${id}: items(filter: { articleId: "${globalId('Article', id)}" }) { totalCount }`,
  );
  const query = `{ moderationQueue { all: items { totalCount } COMMENT: items(filter: { held: COMMENT }) { totalCount }
    EDIT: items(filter: { held: EDIT }) { totalCount } reported: items(filter: { isReported: true }) { totalCount }
    ${inArticles.join(' ')} } }`;
  const data = await session
    .client(session.moderators[0], [node.url])
    .ask<{ moderationQueue: Record<string, { totalCount: number }> }>(query);
  const [counts, queue, shown] = await onConnection(world.postgres.url, async (client) => [
    await selectCounts(client),
    await selectQueue(client),
    await selectPublic(client),
  ]);
  const expected: Record<string, number> = {
    all: queue.length,
    COMMENT: counts['held COMMENT'] ?? 0,
    EDIT: counts['held EDIT'] ?? 0,
    reported: counts.reported ?? 0,
  };
  for (const id of articleIds)
    expected[`a${id}`] = queue.filter(({ comment }) => comment.startsWith(`${id}:`)).length;
  for (const [name, count] of Object.entries(expected)) {
    const told = data?.moderationQueue[name]?.totalCount;
    world.expect(told === count, `a node counts ${told} of ${name} in the queue, and there are ${count}`);
  }
  const reader = session.client(undefined, [node.url]);
  for (const id of articleIds) {
    const thread = await reader.ask<{ node: { commentCount: number } }>(
      'query ($id: ID!) { node(id: $id) { ... on Article { commentCount } } }',
      { id: globalId('Article', id) },
    );
    world.expect(
      thread?.node.commentCount === (shown[id] ?? 0),
      `a node counts ${thread?.node.commentCount} comments of article ${id}, and there are ${shown[id]}`,
    );
  }
}

async function expectTruth(world: World, session: Session): Promise<void> {
  const { acts } = session.forum;
  await onConnection(world.postgres.url, async (client) => {
    const overdue = performance.now() + removalMs;
    while ((await countRemovals(client)) > 0 && performance.now() < overdue) await sleep(100);
    world.expect((await countRemovals(client)) === 0, `removals were not done within ${removalMs} ms`);
    const log = await selectActions(client);
    const query = async <Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query(statement, [...values])).rows as Row[];
    world.faults.push(
      ...checkQueue(log, await selectQueue(client)),
      ...checkActs(acts, log),
      ...(await selectUntold(client)),
      ...(await findViolations({ query })),
      ...session.unexpected,
    );
  });
}

/**
 * Ten moderators and fifty writers do whatever they may at two nodes, over a flaky network, while nodes are killed; others follow the
 * threads and the log of moderation.
 */
export const moderation: Scenario = {
  name: 'moderation',
  title: 'Ten moderators and fifty writers at random, while nodes are killed behind a flaky network',
  needsRedis: true,
  async run(world, form) {
    const isLong = form === 'long';
    const some = isLong ? { stock: 5, plain: 15 } : { stock: 1, plain: 3 };
    const { nodes } = await world.startPair();
    const networks = [await world.openBadNetwork(nodes[0]), await world.openBadNetwork(nodes[1])];
    const session = new Session(world, world.articleIds(4));
    world.onClose(() => session.close());
    await prepare(world, session, nodes[0]);
    const urls = networks.map(({ url }) => url);
    const crowd = { urls, keepAliveMs: 2000 };
    const readers = await world.openCrowd({
      ...crowd,
      ...some,
      articleIds: session.forum.articleIds,
      marks: markPattern,
    });
    const token = session.moderators[1]?.token ?? '';
    const following = await world.openCrowd({
      ...crowd,
      ...some,
      articleIds: [moderationLog.keyOf()],
      token,
    });
    session.begin([...urls, ...nodes.map(({ url }) => url)], isLong ? [60, 25, 15] : [70, 30, 10]);
    const [kills, between] = isLong ? [12, 50] : [1, 12];
    const decided = async (count: number): Promise<void> => {
      const isDone = await session.decided(Math.ceil(count * (0.5 + world.random.next())));
      world.expect(isDone, `no ${count} decisions were made within ${progressMs} ms`);
    };
    for (let kill = 0; kill < kills; kill++) {
      await decided(between);
      const node = world.random.pick(nodes) ?? nodes[0];
      await node.kill();
      // The other node has everybody meanwhile.
      await decided(between / 4);
      await node.start();
    }
    await decided(between);
    for (const network of networks) network.calm();
    await session.end();
    await expectTruth(world, session);
    for (const node of nodes) await expectCounts(world, session, node);
    const { texts, acts, refusals } = session.forum;
    await following.settle(await world.logs(), standstillMs);
    await readers.settle(await world.logs(), standstillMs);
    texts.see('', (await readers.marks()).join(' '));
    world.faults.push(...texts.check());
    await restore(world, session, nodes[0]);
    await session.close();
    const accepted = (kind: string) => acts.filter((act) => act.kind === kind && act.accepted).length;
    return {
      kills,
      decisions: accepted('DECIDED'),
      undone: accepted('UNDONE'),
      reports: accepted('REPORTED'),
      appeals: accepted('APPEALED'),
      'unknown acts': acts.filter((act) => !act.accepted).length,
      'requests repeated': session.retries,
      'refused as decided': refusals.get('ALREADY_DECIDED') ?? 0,
      'refused as stale': refusals.get('STALE_REVISION') ?? 0,
      'refused as claimed': refusals.get('CLAIMED') ?? 0,
      'texts seen': texts.counts.seen,
      'texts never public': texts.counts.hidden,
    };
  },
};
