/**
 * The rules of the service, which are the same on every database.
 * @database either
 * @seconds 90
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeEventCursor } from '../../src/platform/events/event-cursor.ts';
import type { MailTransport } from '../../src/platform/mail/transport.ts';
import { useApp } from '../support/app.ts';
import { keyIn } from '../support/articles.ts';
import { eventually } from '../support/eventually.ts';
import { everything, everythingOf } from '../support/everything.ts';
import type { LiveEvent } from '../support/live.ts';
import { addMails, featuresWithMail, newMail, noMailWork, noTransport } from '../support/mail.ts';
import { PinnedClock } from '../support/pinned-clock.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { permissions } from './all.ts';
import { answerOf, type ArticleThing, editsArticle, isEditor, type Item, type Thing } from './rules.ts';
import { fields as restricted, gatesOf, queries, thingDeclarations } from './table.ts';
import {
  expectAllowed as expectNoSecrets,
  leavesOf,
  nodesOf,
  objectsIn,
  thingsOf,
  typeOf,
  viewerIdOf,
} from './secrets.ts';
import { makeWorld, type Visitor, type World, worldSettings } from './world.ts';

/** The fields that lead to a thing from `Query`, each below the one before. */
function wayTo(item: Item<Exclude<Thing, undefined>>): readonly string[] {
  const { kind } = item.thing;
  if (kind === 'Article') return [`article(slug: "${item.slug}")`];
  return thingDeclarations[kind]?.way?.(item as never) ?? [`node(id: "${item.id}")`];
}

describe('for every visitor,', () => {
  const clock = new PinnedClock();
  const provider = new ProviderDouble();
  const { features, mail } = featuresWithMail();
  const mailTransport: MailTransport = { ...noTransport, keepsMails: true };
  const service = useApp(
    { ...worldSettings, ...noMailWork, FEDERATION: 'on' },
    { clock, payments: provider, features, mailTransport },
  );
  let world: World;
  let things: Map<string, Thing>;

  beforeAll(async () => {
    world = await makeWorld(service(), clock, provider);
    things = thingsOf(world);
  }, 240_000);

  const read = (visitor: Visitor, query: string, variables: Record<string, unknown> = {}) =>
    service().data(query, variables, visitor.token);
  /** Each object by its own query, as a visitor sees it; read only once, because the world does not change. */
  const ways = new Map<string, Promise<Map<string, any>>>();
  const waysOf = (visitor: Visitor): Promise<Map<string, any>> => {
    const known = ways.get(visitor.name) ?? findWays(visitor);
    ways.set(visitor.name, known);
    return known;
  };
  async function findWays(visitor: Visitor): Promise<Map<string, any>> {
    const found = new Map<string, any>();
    const items = nodesOf(world);
    for (let start = 0; start < items.length; start += 10) {
      const some = items.slice(start, start + 10);
      const selections = some.map((item, n) => {
        const inner = wayTo(item).reduceRight(
          (below, field) => `${field} { ${below} }`,
          `...${item.thing.kind}s`,
        );
        return `f${n}: ${inner}`;
      });
      const fragments = [...new Set(some.map(({ thing }) => thing.kind))].map(
        (kind) => `fragment ${kind}s on ${kind} { ${everything(kind, 1)} }`,
      );
      const data = await read(visitor, `{ ${selections.join(' ')} } ${fragments.join(' ')}`);
      some.forEach((item, n) => {
        const [, ...below] = wayTo(item);
        found.set(
          item.id,
          below.reduce((object, field) => object?.[field] ?? null, data[`f${n}`]),
        );
      });
    }
    return found;
  }
  const direct = async (visitor: Visitor, { id }: { id: string }) => (await waysOf(visitor)).get(id);

  const readHeldHold = async (visitor: Visitor, id: string): Promise<unknown> => {
    const query = 'query ($id: ID!) { comment(id: $id) { viewerHeldEdit { viewerHold { phase } } } }';
    return (await read(visitor, query, { id })).comment.viewerHeldEdit.viewerHold;
  };

  /** Reads objects by id, with one request for each type. */
  async function readNodes(
    visitor: Visitor,
    ids: readonly string[],
    steps: number,
  ): Promise<Map<string, any>> {
    const found = new Map<string, any>();
    for (const type of new Set(ids.map(typeOf))) {
      const some = ids.filter((id) => typeOf(id) === type);
      const { nodes } = await read(
        visitor,
        `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on ${type} { ${everything(type, steps)} } } }`,
        { ids: some },
      );
      some.forEach((id, n) => found.set(id, nodes[n]));
    }
    return found;
  }

  /** Ids of the objects that a gateway gets by references to them. */
  async function entitiesOf(visitor: Visitor, ids: readonly string[]): Promise<(string | null)[]> {
    const { _entities: found } = await read(
      visitor,
      'query ($references: [_Any!]!) { _entities(representations: $references) { ... on Node { id } } }',
      { references: ids.map((id) => ({ __typename: typeOf(id), id })) },
    );
    return found.map((entity: { id: string } | null) => entity?.id ?? null);
  }

  const expectAllowed = (
    visitor: Visitor,
    where: string,
    answer: unknown,
    isHarmless?: (object: any) => boolean,
  ) => expectNoSecrets(world, visitor, where, answer, isHarmless);

  it('the currencies, the mode of new campaigns and the ways to sign in are the same for everybody', async () => {
    const query = `{ signInOptions { ${everything('SignInOptions', 1)} } fundingTestMode fundingCurrencies { ${everything('FundingCurrency', 1)} } }`;
    const answers = await Promise.all(world.visitors.map((visitor) => read(visitor, query)));
    expect(answers[0].signInOptions).toEqual({ issuers: [], mailsLinks: false });
    expect(answers[0].fundingTestMode).toBe(true);
    expect(answers[0].fundingCurrencies.length).toBeGreaterThan(10);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('objects are visible as the table says, by id just as by their own query, and reveal no hidden ones', async () => {
    const ids = [...things.keys()];
    for (const visitor of world.visitors) {
      const byId = await readNodes(visitor, ids, 1);
      for (const [id, thing] of things) {
        const isShown = byId.get(id) !== null;
        const isAllowed = answerOf(gatesOf('Query', 'node'), visitor, thing) === undefined;
        expect([visitor.name, thing, isShown]).toEqual([visitor.name, thing, isAllowed]);
      }
      const isGiven = (id: string) =>
        answerOf(gatesOf('Query', '_entities'), visitor, things.get(id)) === undefined;
      expect(await entitiesOf(visitor, ids)).toEqual(ids.map((id) => (isGiven(id) ? id : null)));
      const shown = new Map<string, Record<string, any>>();
      for (const item of nodesOf(world)) {
        const answer = await direct(visitor, item);
        const [, query = ''] = /^(\w+)/.exec(wayTo(item)[0] ?? '') ?? [];
        // Below another field, the rule of the object decides.
        const gates = gatesOf('Query', wayTo(item).length === 1 ? query : 'node');
        const isAllowed = answerOf(gates, visitor, item.thing) === undefined;
        expect([visitor.name, item.name, answer !== null]).toEqual([visitor.name, item.name, isAllowed]);
        const node = byId.get(item.id);
        expect(node && { ...node, __typename: undefined }).toEqual(
          answer && { ...answer, __typename: undefined },
        );
        expectAllowed(visitor, `the way to ${item.name}`, answer);
        for (const object of objectsIn(answer))
          shown.set(object.id, { ...shown.get(object.id), ...leavesOf(object) });
      }
      expectAllowed(visitor, 'nodes', [...byId.values()]);
      // Every object with an id in the responses is the same by that id, or null.
      const met = [...shown.keys()];
      for (const [id, again] of await readNodes(visitor, met, 0)) {
        if (again === null) {
          // By the table, only an author or a tag without public content may be null.
          expect([visitor.name, typeOf(id)]).toEqual([
            visitor.name,
            expect.stringMatching(/^(CommentAuthor|Tag)$/),
          ]);
        } else {
          const { __typename: type, ...node } = again;
          expect([type, shown.get(id)]).toEqual([typeOf(id), expect.objectContaining(node)]);
        }
      }
      // `node` gives the same as `nodes`.
      for (const id of [world.things.Article[3]?.id, world.things.Comment[5]?.id]) {
        const { node } = await read(visitor, 'query ($id: ID!) { node(id: $id) { id } }', { id });
        expect(node?.id ?? null).toBe(byId.get(id ?? '')?.id ?? null);
      }
    }
  }, 240_000);

  it('restricted fields are visible as the table says', async () => {
    const seen = new Set<string>();
    for (const visitor of world.visitors) {
      for (const item of nodesOf(world)) {
        const answer = await direct(visitor, item);
        if (answer === null) continue;
        for (const [name, gates] of Object.entries(restricted)) {
          const [type = '', field = ''] = name.split('.');
          // The rules of a comment apply to its held edit as well, if that is shown.
          const held = type === 'HeldEdit' ? answer.viewerHeldEdit : undefined;
          const shown = type === item.thing.kind ? answer : held;
          if (shown == null) continue;
          const isAllowed = answerOf(gates, visitor, item.thing) === undefined;
          // It leads to an object, and `everything` goes only one step.
          const value = name === 'HeldEdit.viewerHold' ? await readHeldHold(visitor, item.id) : shown[field];
          if (isAllowed && value === null && thingDeclarations[type]?.nullable?.includes(field)) continue;
          expect([visitor.name, item.name, name, value !== null]).toEqual([
            visitor.name,
            item.name,
            name,
            isAllowed,
          ]);
          seen.add(`${name} ${isAllowed}`);
        }
      }
    }
    for (const name of Object.keys(restricted))
      expect([...seen]).toEqual(expect.arrayContaining([`${name} true`, `${name} false`]));
  }, 240_000);

  it('lists and counts contain only objects that the table allows', async () => {
    const published = world.things.Article.filter(({ thing }) => thing.status === 'PUBLISHED');
    const owner = world.visitors.find(({ name }) => name === 'owner');
    for (const visitor of world.visitors) {
      const { articles, journalist, viewer } = await read(
        visitor,
        `{ articles(first: 100) { nodes { ${everything('Article', 0)} } } viewer { ${everything('Viewer', 1)} }
          journalist(slug: "owner-example") { ${everything('Journalist', 0)} articles(first: 100) { nodes { id } } } }`,
      );
      expectAllowed(visitor, 'articles', articles);
      const owned = published.filter(({ thing }) => thing.ownerId === owner?.accountId);
      const ids = new Set(owned.map(({ id }) => id));
      expect(new Set(journalist.articles.nodes.map(({ id }: any) => id))).toEqual(ids);
      expect(journalist.articleCount).toBe(owned.length);
      expect(articles.nodes).toHaveLength(published.length + 1);
      expect(viewer?.id ?? null).toBe(visitor.accountId === null ? null : viewerIdOf(visitor.accountId));
      for (const item of world.things.Article) {
        const { article } = await read(
          visitor,
          `query ($slug: String!) { article(slug: $slug) { commentCount endorsementCount
            comments(first: 100) { totalCount nodes { id } } allComments(first: 100) { totalCount nodes { id replyCount descendantCount } }
            endorsements(first: 100) { totalCount nodes { id } } } }`,
          { slug: item.slug },
        );
        if (article === null) continue;
        const here = world.things.Comment.filter(({ thing }) => thing.article === item.thing);
        const listed = here.filter(({ thing }) => thing.listed);
        const endorsements = world.things.Endorsement.filter(
          ({ thing }) => thing.article === item.thing && thing.listed,
        );
        // The same for all visitors: moderators and authors see waiting comments by other queries.
        expect(article.commentCount).toBe(here.filter(({ thing }) => thing.status === 'PUBLISHED').length);
        expect([article.allComments.totalCount, article.allComments.nodes.length]).toEqual([
          listed.length,
          listed.length,
        ]);
        expect(article.comments.totalCount).toBe(article.comments.nodes.length);
        expect([article.endorsementCount, article.endorsements.nodes.length]).toEqual([
          endorsements.length,
          endorsements.length,
        ]);
        expectAllowed(visitor, `lists of ${item.name}`, article);
      }
    }
  }, 240_000);

  it('a milestone leads to the article that it unlocks as the table says', async () => {
    const found = new Set<string>();
    for (const visitor of world.visitors) {
      for (const { id, slug, milestones } of world.things.Campaign) {
        const fields = `milestones { position unlockedArticle { ${everything('Article', 0)} } }`;
        const { article, node } = await read(
          visitor,
          `query ($slug: String!, $id: ID!) { article(slug: $slug) { campaign { ${fields} } }
            node(id: $id) { ... on Campaign { ${fields} } } }`,
          { slug, id },
        );
        expect(node).toEqual(article?.campaign ?? null);
        expectAllowed(visitor, `milestones of ${id}`, node);
        for (const { position, unlockedArticle } of node?.milestones ?? []) {
          const unlocked = milestones[position - 1]?.unlockedArticleId;
          const thing = unlocked === undefined ? undefined : things.get(unlocked);
          const isAllowed =
            thing !== undefined && answerOf(gatesOf('Query', 'article'), visitor, thing) === undefined;
          expect([visitor.name, unlockedArticle?.id]).toEqual([
            visitor.name,
            isAllowed ? unlocked : undefined,
          ]);
          if (thing) found.add(String(isAllowed));
        }
      }
    }
    expect([...found].sort()).toEqual(['false', 'true']);
  }, 240_000);

  it('campaigns name those backers who wish it, count all whose pledges count, and lead nobody to a pledge', async () => {
    for (const visitor of world.visitors) {
      for (const { id, thing } of world.things.Campaign) {
        const { node } = await read(
          visitor,
          `query ($id: ID!) { node(id: $id) { ... on Campaign { status backerCount pledged { minorUnits }
            backers(first: 100) { totalCount nodes { name amount { minorUnits } } } viewerPledge { id } viewerPledges { id }
            ledger(first: 100) { totalCount nodes { ${everything('LedgerTransaction', 1)} } } } } }`,
          { id },
        );
        if (node === null) continue;
        const here = world.things.Pledge.filter((pledge) => pledge.thing.article === thing.article);
        const counted = here.filter(({ thing: { status } }) => !['SETUP', 'WITHDRAWN'].includes(status));
        const total = counted.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
        expect([node.backerCount, node.pledged.minorUnits]).toEqual([counted.length, String(total)]);
        expect(node.backers.nodes.map(({ name, amount }: any) => [name, amount.minorUnits])).toEqual(
          here
            .filter(({ publicName }) => publicName !== null)
            .map(({ publicName, amount }) => [publicName, amount])
            .reverse(),
        );
        for (const list of [node.backers, node.ledger]) expect(list.totalCount).toBe(list.nodes.length);
        const mine = here.filter((pledge) => pledge.thing.accountId === visitor.accountId);
        expect(node.viewerPledge?.id).toBe(mine.at(-1)?.id);
        const isOver = (status: string) => status === 'WITHDRAWN' || status === 'RELEASED';
        const ids = mine
          .filter((pledge) => pledge === mine.at(-1) || !isOver(pledge.thing.status))
          .map(({ id }) => id)
          .reverse();
        expect(node.viewerPledges?.map(({ id }: any) => id)).toEqual(
          visitor.accountId === null ? undefined : ids,
        );
        const ledger = JSON.stringify(node.ledger);
        for (const { name } of world.visitors) expect(ledger).not.toContain(`${name} Example`);
      }
    }
  }, 240_000);

  it('the pledges of a campaign are listed to editors, and counted for those who may edit its article', async () => {
    const seen = new Set<string>();
    for (const visitor of world.visitors) {
      for (const { id, thing } of world.things.Campaign) {
        const { node } = await read(
          visitor,
          `query ($id: ID!) { node(id: $id) { ... on Campaign { viewerManagement { canMoveMoney
            pledgeTallies { status count total { minorUnits } } payouts(first: 10) { totalCount nodes { status } }
            pledges(first: 100) { totalCount nodes { id status } }
            collected: pledges(status: COLLECTED, first: 100) { totalCount nodes { id } } } } } }`,
          { id },
        );
        const management = node?.viewerManagement ?? null;
        expect([visitor.name, management !== null]).toEqual([
          visitor.name,
          node !== null && editsArticle.holds(visitor, thing),
        ]);
        if (management === null) continue;
        expect(management.payouts.totalCount).toBe(management.payouts.nodes.length);
        const here = world.things.Pledge.filter((pledge) => pledge.thing.article === thing.article);
        const tallied = management.pledgeTallies.map(({ status, count, total }: any) => [
          status,
          count,
          total.minorUnits,
        ]);
        const statuses = new Set(here.map(({ thing: { status } }) => status));
        expect(new Map(tallied.map(([status, ...rest]: any) => [status, rest]))).toEqual(
          new Map(
            [...statuses].map((status) => {
              const some = here.filter((pledge) => pledge.thing.status === status);
              return [
                status,
                [some.length, String(some.reduce((sum, { amount }) => sum + BigInt(amount), 0n))],
              ];
            }),
          ),
        );
        const editor = isEditor.holds(visitor, thing);
        expect([visitor.name, management.canMoveMoney, management.pledges !== null]).toEqual([
          visitor.name,
          editor,
          editor,
        ]);
        seen.add(String(editor));
        if (!editor) continue;
        const idsOf = (some: typeof here) => some.map((pledge) => pledge.id).reverse();
        const collected = here.filter((pledge) => pledge.thing.status === 'COLLECTED');
        expect(management.pledges.nodes.map((pledge: any) => pledge.id)).toEqual(idsOf(here));
        expect(management.collected.nodes.map((pledge: any) => pledge.id)).toEqual(idsOf(collected));
        expect([management.pledges.totalCount, management.collected.totalCount]).toEqual([
          here.length,
          collected.length,
        ]);
      }
    }
    expect([...seen].sort()).toEqual(['false', 'true']);
  }, 240_000);

  /** Queries that are refused to some viewers, whatever they ask for. */
  const refusing = Object.keys(queries).filter((name) =>
    gatesOf('Query', name).some(([, answer]) => answer !== 'null'),
  );
  it.each(refusing)('%s is refused as the table says', async (name) => {
    for (const visitor of world.visitors) {
      const { errors } = await service().query(
        `{ ${name}${queries[name]?.args ?? ''} { __typename } }`,
        {},
        visitor.token === undefined ? {} : { token: visitor.token },
      );
      const answer = answerOf(gatesOf('Query', name), visitor, undefined);
      expect([visitor.name, errors?.[0]?.extensions.code]).toEqual([visitor.name, answer]);
    }
  });

  it('the moderators’ queue is listed as the table says', async () => {
    for (const visitor of world.visitors) {
      const { data, errors } = await service().query(
        '{ moderationQueue { items(first: 100) { totalCount nodes { comment { id } person { id } article { id } } } } }',
        {},
        visitor.token === undefined ? {} : { token: visitor.token },
      );
      const answer = answerOf(gatesOf('Query', 'moderationQueue'), visitor, undefined);
      expect([visitor.name, errors?.[0]?.extensions.code]).toEqual([visitor.name, answer]);
      if (answer !== undefined) continue;
      const expected = world.things.Comment.filter(
        ({ thing }) =>
          (thing.status === 'PUBLISHED' ? thing.edit : thing.status) === 'PENDING' &&
          answerOf(gatesOf('Query', 'comment'), visitor, thing) === undefined,
      );
      const { totalCount, nodes } = data.moderationQueue.items;
      expect(nodes.map(({ comment }: any) => comment.id).sort()).toEqual(expected.map(({ id }) => id).sort());
      expect(totalCount).toBe(expected.length);
      expect(expected.length).toBeGreaterThan(0);
    }
  });

  it('held comments are listed as the table says', async () => {
    for (const visitor of world.visitors) {
      for (const status of ['PENDING', 'REJECTED'] as const) {
        const { data, errors } = await service().query(
          `query ($status: CommentStatus) { heldComments(status: $status, first: 100) { totalCount nodes { ${everything('Comment', 1)} } } }`,
          { status },
          visitor.token === undefined ? {} : { token: visitor.token },
        );
        const answer = answerOf(gatesOf('Query', 'heldComments'), visitor, undefined);
        expect([visitor.name, errors?.[0]?.extensions.code]).toEqual([visitor.name, answer]);
        if (answer !== undefined) continue;
        const { totalCount, nodes } = data.heldComments;
        const expected = world.things.Comment.filter(
          ({ thing }) =>
            (thing.status === 'PUBLISHED' ? thing.edit : thing.status) === status &&
            answerOf(gatesOf('Query', 'comment'), visitor, thing) === undefined,
        );
        expect(nodes.map(({ id }: any) => id)).toEqual(expected.map(({ id }) => id));
        expect(totalCount).toBe(expected.length);
        for (const node of nodes) expect(node).toEqual(await direct(visitor, node as { id: string }));
        expectAllowed(visitor, 'heldComments', nodes);
      }
    }
  }, 240_000);

  it('mails to anybody are listed as the table says, and the account knows beforehand', async () => {
    await addMails(service(), mail(), newMail({ recipient: 'ida@example.org', subject: 'A secret' }));
    const seen = new Set<string | undefined>();
    for (const visitor of world.visitors) {
      const { name, token } = visitor;
      const { data, errors } = await service().query(
        `{ viewer { canReadOutgoingMails } outgoingMails { nodes { ${everything('OutgoingMail', 0)} } } }`,
        {},
        token === undefined ? {} : { token },
      );
      const answer = answerOf(gatesOf('Query', 'outgoingMails'), visitor, undefined);
      seen.add(answer);
      expect([name, errors?.[0]?.extensions.code]).toEqual([name, answer]);
      expect(data.viewer?.canReadOutgoingMails ?? false).toBe(answer === undefined);
      const nodes =
        answer === undefined ? [expect.objectContaining({ subject: 'A secret – Standfirst' })] : undefined;
      expect([name, data.outgoingMails?.nodes]).toEqual([name, nodes]);
    }
    expect([...seen].sort()).toEqual(['FORBIDDEN', 'UNAUTHENTICATED', undefined]);
  });

  describe('the events of an article from its first one', () => {
    async function startOf(item: Item<ArticleThing>): Promise<string> {
      const [row] = await service().app.db.query<{ epoch: string }>('SELECT epoch FROM event_log');
      return encodeEventCursor({ epoch: row?.epoch ?? '', log: keyIn(item.id), sequence: 0 });
    }

    async function eventsByRequest(
      visitor: Visitor,
      item: Item<ArticleThing>,
    ): Promise<LiveEvent[] | undefined> {
      const { article } = await read(
        visitor,
        `query ($slug: String!, $after: EventCursor) { article(slug: $slug) {
          events(after: $after) { hasMore events { ${everythingOf('ArticleEvent', 2)} } } } }`,
        { slug: item.slug, after: await startOf(item) },
      );
      if (article !== null) expect(article.events.hasMore).toBe(false);
      return article?.events.events;
    }

    const listen = async (
      visitor: Visitor,
      item: Item<ArticleThing>,
      field: 'articleEvents' | 'commentAdded',
    ) => {
      const after = await startOf(item);
      const selection =
        field === 'articleEvents'
          ? everythingOf('ArticleEvent', 2)
          : `__typename ${everything('CommentAdded', 2)}`;
      const client = service().live.client(visitor.token === undefined ? {} : { token: visitor.token });
      return {
        subscription: service().live.subscribe(
          `subscription ($articleId: ID!, $after: EventCursor) { ${field}(articleId: $articleId, after: $after) { ${selection} } }`,
          { articleId: item.id, after },
          client,
        ),
        client,
      };
    };

    it('are sent only if the visitor sees the article, and show each object as its own query does', async () => {
      const kinds = new Set<string>();
      for (const visitor of world.visitors) {
        for (const item of world.things.Article) {
          const isAllowed =
            answerOf(gatesOf('Subscription', 'articleEvents'), visitor, item.thing) === undefined;
          const { subscription, client } = await listen(visitor, item, 'articleEvents');
          const other = await listen(visitor, item, 'commentAdded');
          expect(await settle(other.subscription, 'CommentAdded')).toBe(isAllowed ? 'live' : 'NOT_FOUND');
          for (const event of other.subscription.events)
            expect([event.__typename, event.sequence]).toEqual(['CommentAdded', expect.any(Number)]);
          await other.client.dispose();
          const outcome = await settle(subscription);
          expect([visitor.name, item.name, outcome]).toEqual([
            visitor.name,
            item.name,
            isAllowed ? 'live' : 'NOT_FOUND',
          ]);
          await client.dispose();
          const page = await eventsByRequest(visitor, item);
          expect(page === undefined).toBe(!isAllowed);
          if (!isAllowed) continue;
          // The events on request equal those of the stream.
          expect(page).toEqual(
            subscription.events.filter(({ __typename }) => __typename !== 'ArticleCheckpoint'),
          );
          expect(subscription.errors).toEqual([]);
          const article = await direct(visitor, item);
          for (const event of subscription.events) {
            kinds.add(event.__typename);
            await compare(visitor, event, article);
          }
        }
      }
      expect([...kinds].sort()).toEqual(permissions.flatMap(({ world: { events } }) => events).sort());
    }, 240_000);

    /** Waits until the replay is over or the stream is refused. */
    async function settle(
      subscription: { events: LiveEvent[]; errors: any[] },
      awaited = 'ArticleCheckpoint',
    ): Promise<string> {
      return eventually('a checkpoint or an error', () => {
        if (subscription.errors.length > 0) return subscription.errors[0]?.extensions?.code ?? 'error';
        return subscription.events.some(({ __typename }) => __typename === awaited) ? 'live' : undefined;
      });
    }

    async function compare(visitor: Visitor, event: LiveEvent, article: any): Promise<void> {
      if (event.article !== undefined) expect(leavesOf(event.article)).toEqual(leavesOf(article));
      if (event.campaign) expect(event.campaign).toEqual(await direct(visitor, event.campaign));
      if (event.backer)
        expect(world.things.Pledge.map(({ publicName }) => publicName)).toContain(event.backer.name);
      if (event.endorsement) {
        const { endorsements } = await read(
          visitor,
          `query ($id: ID!) { endorsements: node(id: $id) { ... on Endorsement { ${everything('Endorsement', 0)} } } }`,
          { id: event.endorsement.id },
        );
        expect(leavesOf(event.endorsement)).toEqual(endorsements);
      }
      const isOfVanished = ({ id }: { id: string }) => {
        const thing = things.get(id);
        return (
          thing?.kind === 'Comment' && thing.status === 'REMOVED' && !thing.listed && id === event.comment?.id
        );
      };
      expectAllowed(visitor, `event ${event.sequence}, ${event.__typename}`, event, isOfVanished);
      if (event.comment === undefined) return;
      const shown = await direct(visitor, event.comment);
      if (!isOfVanished(event.comment)) {
        expect(event.comment).toEqual(shown);
        return;
      }
      // The events of a vanished comment still contain it, with nothing but its place.
      expect(shown).toBeNull();
      const place = ['id', 'depth', 'threadPosition', 'createdAt', 'permalink', 'status', 'revision'];
      for (const [field, value] of Object.entries(leavesOf(event.comment)))
        if (!place.includes(field))
          expect([field, value]).toEqual([
            field,
            Array.isArray(value) ? [] : value === 0 ? 0 : value === false ? false : null,
          ]);
      expect(event.comment).toMatchObject({ status: 'REMOVED', revision: 1, author: null, reactions: [] });
    }
  });
});
