/**
 * The rules of the service, which are the same on every database.
 * @database either
 * @seconds 60
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { useApp } from '../support/app.ts';
import { globalId } from '../support/article-states.ts';
import { keyIn } from '../support/articles.ts';
import { everything } from '../support/everything.ts';
import { PinnedClock } from '../support/pinned-clock.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { answerOf, type ArticleThing, type Item } from './rules.ts';
import { expectAllowed } from './secrets.ts';
import { gatesOf } from './table.ts';
import { makeWorld, type Visitor, type World, worldSettings } from './world.ts';

const every = '[DRAFT, PUBLISHED, UNPUBLISHED]';
const idsOf = ({ nodes }: { nodes: { id: string }[] }): string[] => nodes.map(({ id }) => id).sort();

describe('lists, search and addresses give every visitor', () => {
  const clock = new PinnedClock();
  const provider = new ProviderDouble();
  const service = useApp(worldSettings, { clock, payments: provider });
  let world: World;
  let published: readonly Item<ArticleThing>[];
  /** A published article of the other journalist, the only one that is not in `world.things.Article`. */
  let other: string;

  beforeAll(async () => {
    world = await makeWorld(service(), clock, provider);
    published = world.things.Article.filter(({ thing }) => thing.status === 'PUBLISHED');
    const { journalist } = await service().data(
      '{ journalist(slug: "other-example") { articles { nodes { id } } } }',
    );
    other = journalist.articles.nodes[0].id;
  }, 240_000);

  const read = (visitor: Visitor, query: string, variables: Record<string, unknown> = {}) =>
    service().data(query, variables, visitor.token);
  const sees = (visitor: Visitor, { thing }: Item<ArticleThing>) =>
    answerOf(gatesOf('Query', 'article'), visitor, thing) === undefined;
  const seen = (visitor: Visitor, where: (item: Item<ArticleThing>) => boolean = () => true) =>
    world.things.Article.filter((item) => sees(visitor, item) && where(item)).map(({ id }) => id);

  it('the visible articles in any state: of the site, of a journalist, of a tag', async () => {
    for (const visitor of world.visitors) {
      const list = `articles(first: 100, filter: { status: ${every} }) { nodes { ${everything('Article', 0)} } }`;
      const drafts = 'drafts: articles(first: 100, filter: { status: [DRAFT] }) { nodes { id } }';
      const answer = await read(visitor, `{ ${list} ${drafts} }`);
      expect([visitor.name, idsOf(answer.articles)]).toEqual([
        visitor.name,
        [...seen(visitor), other].sort(),
      ]);
      expect(idsOf(answer.drafts)).toEqual(seen(visitor, ({ thing }) => thing.status === 'DRAFT').sort());
      expectAllowed(world, visitor, 'articles in any state', answer);

      for (const { slug, thing } of world.things.Byline) {
        const { journalist } = await read(
          visitor,
          `{ journalist(slug: "${slug}") { articleCount ${list} } }`,
        );
        const theirs = seen(visitor, (article) => article.thing.ownerId === thing.ownerId);
        if (slug === 'other-example') theirs.push(other);
        expect([visitor.name, slug, idsOf(journalist.articles)]).toEqual([visitor.name, slug, theirs.sort()]);
      }
      const { tag } = await read(visitor, `{ tag(name: "tag-open") { articleCount ${list} } }`);
      expect([tag.articleCount, tag.articles.nodes.length]).toEqual([1, 1]);
    }
  }, 240_000);

  it('only tags of published articles, and only counts of published articles', async () => {
    const names = published.map(({ name }) => `tag-${name}`);
    for (const visitor of world.visitors) {
      const { tags, journalists } = await read(
        visitor,
        '{ tags(first: 100) { nodes { name articleCount } } journalists(first: 100) { nodes { slug articleCount } } }',
      );
      expect(tags.nodes.map(({ name }: { name: string }) => name).sort()).toEqual([...names].sort());
      for (const { articleCount } of tags.nodes) expect(articleCount).toBe(1);
      expect(new Set(journalists.nodes)).toEqual(
        new Set([
          { slug: 'owner-example', articleCount: 4 },
          { slug: 'other-example', articleCount: 1 },
          { slug: 'former-example', articleCount: 1 },
        ]),
      );
      for (const { name, thing } of world.things.Article) {
        const { tag } = await read(visitor, 'query ($name: String!) { tag(name: $name) { name } }', {
          name: `tag-${name}`,
        });
        expect([visitor.name, name, tag !== null]).toEqual([
          visitor.name,
          name,
          thing.status === 'PUBLISHED',
        ]);
      }
    }
  }, 240_000);

  it('only published articles in searches, even if the visitor may see others', async () => {
    const search = 'query ($query: String!) { search(query: $query, first: 100) { nodes { id title } } }';
    for (const visitor of world.visitors) {
      const { search: all } = await read(visitor, search, { query: '"read on"' });
      expect(idsOf(all)).toEqual(published.map(({ id }) => id).sort());
      for (const { id, name, thing } of world.things.Article) {
        const { search: found } = await read(visitor, search, { query: `"tag-${name}"` });
        expect([visitor.name, name, idsOf(found).includes(id)]).toEqual([
          visitor.name,
          name,
          thing.status === 'PUBLISHED',
        ]);
        for (const { id: one } of found.nodes) expect(published.map((item) => item.id)).toContain(one);
      }
      // A search must not reveal the masked address either.
      const { search: guessed } = await read(visitor, search, { query: 'desk' });
      expect(guessed.nodes).toEqual([]);
    }
  }, 240_000);

  it('the same article by either address as by its slug', async () => {
    const administrator = world.visitors.find(({ name }) => name === 'administrator');
    if (!administrator) throw new Error('There is one');
    for (const item of world.things.Article) {
      const fields = everything('Article', 0);
      const { node } = await read(
        administrator,
        'query ($id: ID!) { node(id: $id) { ... on Article { permalink canonicalUrl } } }',
        { id: item.id },
      );
      for (const visitor of world.visitors) {
        for (const url of [node.permalink, node.canonicalUrl]) {
          const { articleByUrl, articlesByUrl, article } = await read(
            visitor,
            `query ($url: URL!, $slug: String!) { articleByUrl(url: $url) { ${fields} }
              articlesByUrl(urls: [$url]) { ${fields} } article(slug: $slug) { ${fields} } }`,
            { url, slug: item.slug },
          );
          expect([visitor.name, url, articleByUrl !== null]).toEqual([
            visitor.name,
            url,
            sees(visitor, item),
          ]);
          expect(articleByUrl).toEqual(article);
          expect(articlesByUrl).toEqual([article]);
        }
      }
    }
  }, 240_000);

  it('those of their own articles, comments and endorsements that they may see', async () => {
    for (const visitor of world.visitors) {
      const { viewer } = await read(
        visitor,
        `{ viewer { articles(first: 100) { nodes { ${everything('Article', 0)} } }
          comments(first: 100) { nodes { ${everything('Comment', 0)} } }
          all: comments(first: 100, status: [PUBLISHED, PENDING, REJECTED, REMOVED]) { nodes { ${everything('Comment', 0)} } }
          endorsements(first: 100) { nodes { ${everything('Endorsement', 0)} } }
          pledges(first: 100) { totalCount nodes { ${everything('Pledge', 0)} } } } }`,
      );
      if (visitor.accountId === null) {
        expect(viewer).toBeNull();
        continue;
      }
      expectAllowed(world, visitor, 'viewer', viewer);
      const articles = seen(visitor, ({ thing }) => thing.ownerId === visitor.accountId);
      if (visitor.name === 'other journalist') articles.push(other);
      expect([visitor.name, idsOf(viewer.articles)]).toEqual([visitor.name, articles.sort()]);
      const mine = world.things.Comment.filter(
        ({ thing }) =>
          thing.authorId === visitor.accountId &&
          answerOf(gatesOf('Query', 'comment'), visitor, thing) === undefined,
      );
      const kept = mine.filter(({ thing }) => thing.status !== 'REMOVED');
      expect([visitor.name, idsOf(viewer.comments)]).toEqual([visitor.name, kept.map(({ id }) => id).sort()]);
      expect([visitor.name, idsOf(viewer.all)]).toEqual([visitor.name, mine.map(({ id }) => id).sort()]);
      const endorsements = world.things.Endorsement.filter(
        ({ name, thing }) =>
          name === `of ${visitor.name}` && answerOf(gatesOf('Query', 'node'), visitor, thing) === undefined,
      );
      expect([visitor.name, idsOf(viewer.endorsements)]).toEqual([
        visitor.name,
        endorsements.map(({ id }) => id).sort(),
      ]);
      const pledges = world.things.Pledge.filter(({ thing }) => thing.accountId === visitor.accountId);
      expect([visitor.name, viewer.pledges.totalCount, idsOf(viewer.pledges)]).toEqual([
        visitor.name,
        pledges.length,
        pledges.map(({ id }) => id).sort(),
      ]);
    }
  }, 240_000);

  it('only launched campaigns of published articles, even if the visitor may see others', async () => {
    const list = (args: string) =>
      `campaigns(first: 100${args}) { totalCount nodes { ${everything('Campaign', 1)} } }`;
    const shown = world.things.Campaign.filter(
      ({ thing: { article } }) => article.status === 'PUBLISHED' && article.campaign?.wasLaunched,
    );
    expect(shown.length).toBeGreaterThan(1);
    for (const visitor of world.visitors) {
      const answer = await read(
        visitor,
        `{ ${list('')} soon: ${list(', orderBy: ENDING_SOON')} drafts: ${list(', statuses: [DRAFT]')}
          cancelled: ${list(', statuses: [CANCELLED]')}
          journalists(first: 100) { nodes { slug ${list('')} drafts: ${list(', statuses: [DRAFT]')} } } }`,
      );
      expectAllowed(world, visitor, 'campaigns', answer);
      const expectIds = (found: any, ids: readonly string[]) =>
        expect([visitor.name, found.totalCount, idsOf(found)]).toEqual([
          visitor.name,
          ids.length,
          [...ids].sort(),
        ]);
      const idsWhere = (where: (item: (typeof shown)[number]) => boolean) =>
        shown.filter(where).map(({ id }) => id);
      for (const all of [answer.campaigns, answer.soon])
        expectIds(
          all,
          idsWhere(() => true),
        );
      expectIds(answer.drafts, []);
      expectIds(
        answer.cancelled,
        idsWhere(({ thing }) => thing.article.campaign?.status === 'CANCELLED'),
      );
      for (const { slug, campaigns, drafts } of answer.journalists.nodes) {
        const owner = world.things.Byline.find((byline) => byline.slug === slug)?.thing.ownerId;
        expectIds(
          campaigns,
          idsWhere(({ thing }) => thing.article.ownerId === owner),
        );
        expectIds(drafts, []);
      }
    }
  }, 240_000);

  it('only comments of the thread, both below and around a comment', async () => {
    const page = `totalCount nodes { ${everything('Comment', 0)} }`;
    const around = `query ($slug: String!, $around: ID!) { article(slug: $slug) { allComments(first: 3, around: $around) { ${page} } } }`;
    const below = `query ($id: ID!) { comment(id: $id) { descendants(first: 100) { ${page} } shallow: descendants(first: 100, maxDepth: 1) { ${page} } } }`;
    const belowAround = `query ($id: ID!, $around: ID!) { comment(id: $id) { descendants(first: 3, around: $around) { ${page} } } }`;
    for (const visitor of world.visitors) {
      for (const { slug, id: articleId, thing } of world.things.Article.filter((item) =>
        sees(visitor, item),
      )) {
        const here = world.things.Comment.filter((comment) => comment.thing.article === thing);
        const root = here.find(({ name }) => name.endsWith(': public'));
        const nobody = globalId('Comment', keyIn(articleId), '999999');
        const unknown = await read(visitor, around, { slug, around: nobody });
        const unknownBelow = await read(visitor, belowAround, { id: root?.id, around: nobody });
        for (const { id, name, thing: comment } of here) {
          const answers = [
            await read(visitor, around, { slug, around: id }),
            await read(visitor, below, { id }),
          ];
          expectAllowed(world, visitor, `around and below “${name}”`, answers);
          for (const list of [
            answers[0].article.allComments,
            ...Object.values<any>(answers[1].comment ?? {}),
          ])
            for (const node of list.nodes)
              expect([name, here.find((one) => one.id === node.id)?.thing.listed]).toEqual([name, true]);
          for (const list of Object.values<any>(answers[1].comment ?? {}))
            expect(list.totalCount).toBe(list.nodes.length);
          if (comment.listed) continue;
          // A comment that is not in the thread is treated like an unknown id.
          expect(answers[0]).toEqual(unknown);
          expect(await read(visitor, belowAround, { id: root?.id, around: id })).toEqual(unknownBelow);
        }
      }
    }
  }, 240_000);
});
