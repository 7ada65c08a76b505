/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { buildSchema } from 'graphql';
import { features } from '../../../src/app/features.ts';
import type { Feature } from '../../../src/platform/feature/feature.ts';
import { servedOf } from '../../../src/platform/feature/gather.ts';
import { composePages, withParts } from '../../../src/platform/page/compose-pages.ts';
import { html, type Html } from '../../../src/platform/page/html.ts';
import {
  type PagePart,
  type PageSource,
  scriptedPages,
  type ServedPage,
} from '../../../src/platform/page/served.ts';

const schema = buildSchema(`
  type Query { poll(slug: String!): Poll }
  type Poll { title: String! votes: Int! }
`);

interface Poll {
  readonly title: string;
  readonly votes: number;
}

const page: ServedPage = {
  operation: 'query PageOfPoll($slug: String!) { poll(slug: $slug) { title ...pollEnd } }',
  variables: ({ slug = '' }) => (slug === 'odd' ? undefined : { slug }),
  view: async ({ poll }: { poll: Poll | null }, { partsAt, headOf }) =>
    poll
      ? {
          head: { title: poll.title, ...headOf(['pollEnd'], poll) },
          content: html`${poll.title}:${await partsAt('pollEnd', poll)}`,
        }
      : undefined,
};

const votes: PagePart = {
  slot: 'pollEnd',
  fragment: 'on Poll { votes ...votesEnd }',
  html: ({ votes: count }: Poll) => html`<b>${count}</b>`,
};

const pages = { '/polls/:slug': page };
const compose = (parts: Readonly<Record<string, PagePart>>) => () =>
  composePages({ pages, parts, texts: {} }, schema);

describe('the query of a page', () => {
  it('has the fragments of the parts in its slots, and nothing in an empty slot', () => {
    const line = { slot: 'votesEnd', fragment: 'on Poll { title }' };
    expect(withParts(page.operation ?? '', { Votes: votes, Line: line }).split('\n')).toEqual([
      'query PageOfPoll($slug: String!) { poll(slug: $slug) { title ...Votes } }',
      'fragment Votes on Poll { votes ...Line }',
      'fragment Line on Poll { title }',
    ]);
    expect(withParts(page.operation ?? '', {})).not.toContain('...');
  });

  it('is one of the schema, or the service does not start', () => {
    expect(compose({ Votes: votes })).not.toThrow();
    expect(compose({ Votes: { ...votes, fragment: 'on Poll { voters }' } })).toThrow(
      'The query of the page /polls/:slug: Cannot query field "voters" on type "Poll".',
    );
    expect(compose({ Votes: { ...votes, fragment: 'on Poll { votes ...pollEnd }' } })).toThrow(
      'Cannot spread fragment "Votes" within itself',
    );
    expect(compose({ Votes: votes, More: { ...votes, fragment: 'on Poll { votes: title }' } })).toThrow(
      'Fields "votes" conflict',
    );
    const more = '{ polls }';
    expect(compose({ Votes: { ...votes, more } })).toThrow(
      'The second query of the part Votes: Cannot query field "polls"',
    );
  });

  it('has a slot for each part, or the service does not start', () => {
    expect(compose({ Votes: { ...votes, slot: 'pollStart' } })).toThrow(
      'The part Votes has no place: no page has the slot pollStart',
    );
  });

  it('belongs to one feature, and so do a fragment and a text', () => {
    const twin = (served: Partial<Feature['served']>): readonly Feature[] => {
      const [feature, ...others] = features;
      const nothing = { pages: {}, parts: {}, texts: {} };
      return feature ? [{ ...feature, served: { ...nothing, ...served } }, ...others] : [];
    };
    expect(() => servedOf(twin({}))).not.toThrow();
    expect(() => servedOf(twin({ pages: { '/campaigns': page } }))).toThrow('Two features bring /campaigns');
    expect(() => servedOf(twin({ parts: { Discussion: votes } }))).toThrow('Two features bring Discussion');
    expect(() => servedOf(twin({ texts: { reply: 'Answer' } }))).toThrow('Two features bring reply');
  });
});

describe('a page', () => {
  const poll = { title: 'Ferries', votes: 3 };
  const sourceOf = (...answers: unknown[]): PageSource => ({
    read: () => Promise.resolve(answers.shift() as never),
    siteUrl: 'https://news.example.org',
    mayEmbed: () => false,
  });
  const show = (parts: Readonly<Record<string, PagePart>>, slug: string, ...answers: unknown[]) =>
    compose(parts)().get('/polls/:slug')?.({ slug }, {}, sourceOf(...answers));
  const more = '{ poll(slug: "other") { title } }';
  const reads: PagePart = {
    ...votes,
    more,
    html: async (_poll, { read }) => (await read<Html>(more, {})) ?? null,
  };

  it('shows its parts, and joins what they say in its head', async () => {
    const tells = (...list: string[]): PagePart => ({
      ...votes,
      head: () => ({ jsonLd: { list, one: list[0] } }),
    });
    const view = await show({ Votes: tells('a'), More: tells('b') }, 'ferries', { poll });
    expect(view?.content?.text).toBe('Ferries:<b>3</b><b>3</b>');
    expect(view?.head.jsonLd).toEqual({ list: ['a', 'b'], one: 'b' });
    expect([view?.status, view?.unread]).toEqual([undefined, false]);
  });

  it('is not to be stored if it, or what a part reads besides, could not be read', async () => {
    expect(await show({}, 'ferries', undefined)).toEqual({ head: {}, unread: true });
    const view = await show({ Reads: reads }, 'ferries', { poll }, undefined);
    expect([view?.content?.text, view?.unread]).toEqual(['Ferries:', true]);
    const whole = await show({ Reads: reads }, 'ferries', { poll }, html`read`);
    expect([whole?.content?.text, whole?.unread]).toEqual(['Ferries:read', false]);
  });

  it('that is only declared is filled by its script', async () => {
    const composed = composePages({ pages: scriptedPages('/polls/new'), parts: {}, texts: {} }, schema);
    const view = await composed.get('/polls/new')?.({}, {}, sourceOf());
    expect(view).toMatchObject({ head: { noindex: true }, unread: false });
    expect(view?.content?.text).toContain('This page needs JavaScript.');
  });

  it.each([
    ['its address cannot be one', 'odd', []],
    ['its variables are refused', 'ferries', [null]],
    ['nothing is there', 'ferries', [{ poll: null }]],
  ])('has the status 404 if %s', async (_why, slug, answers) => {
    expect(await show({}, slug, ...answers)).toMatchObject({ status: 404 });
  });
});
