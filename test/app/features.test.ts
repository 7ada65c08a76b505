/** @database either */
import { afterAll, describe, expect, it } from '@jest/globals';
import { isInterfaceType } from 'graphql';
import { getMetadataStorage, ObjectType, Field, ID, InputType, Ctx, Query, Resolver } from 'type-graphql';
import { Column, Entity, getMetadataArgsStorage, PrimaryColumn } from 'typeorm';
import { features } from '../../src/app/features.ts';
import { graphqlOf } from '../../src/platform/feature/gather.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { nothingToErase } from '../../src/platform/feature/erasure.ts';
import { defineFeature, type Feature, resolver } from '../../src/platform/feature/feature.ts';
import { OpenCommand } from '../../src/platform/graphql/command.ts';
import { html } from '../../src/platform/page/html.ts';
import type { Context } from '../../src/platform/graphql/context.ts';
import { encodeGlobalId } from '../../src/platform/graphql/global-id.ts';
import { MaxLength } from '../../src/platform/graphql/max-length.ts';
import { NeedsScope } from '../../src/platform/graphql/needs-scope.ts';
import { Node, nodeFinder } from '../../src/platform/graphql/node.ts';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { useApp } from '../support/app.ts';
import { forgetClasses } from '../support/registries.ts';
import { makeWebRoot, readPage } from '../support/web-page.ts';

const web = makeWebRoot();
afterAll(() => web.remove());

@Entity('note')
class NoteEntity {
  @PrimaryColumn({ type: 'bigint' })
  id!: string;

  @Column({ type: 'text' })
  text!: string;
}

@ObjectType({ implements: Node, description: 'A note.' })
class Note extends Node {
  @Field(() => String, { description: 'The text.' })
  text!: string;

  static from({ id, text }: { id: string; text: string }): Note {
    return Object.assign(new Note(), { id: encodeGlobalId('Note', id), text });
  }
}

@InputType({ description: 'A new note.' })
class KeepNoteInput {
  @MaxLength(100)
  @Field(() => String, { description: 'The text, at most 100 characters.' })
  text!: string;
}

@Resolver()
class NoteResolver {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  @NeedsScope('COMMENT')
  @OpenCommand(Note, { description: 'Keeps a note.', input: [KeepNoteInput, 'The note.'] })
  async keepNote({ text }: KeepNoteInput): Promise<Note> {
    const [row] = await this.#db.query<{ id: string; text: string }>(
      'INSERT INTO note (text) VALUES ($1) RETURNING id::text AS id, text',
      [text],
    );
    return Note.from(row!);
  }

  @Query(() => ID, { description: 'The viewer, or nobody.' })
  whoAsks(@Ctx() { viewer }: Context): string {
    return viewer?.accountId ?? 'nobody';
  }
}

afterAll(() => forgetClasses(NoteEntity, Note, KeepNoteInput, NoteResolver));

const app: { db?: Database } = {};

const slowNotes = 'query SlowNotes { whoAsks }';

const notes = defineFeature({
  name: 'note',
  migrations: [],
  tables: [NoteEntity],
  resolvers: [resolver(NoteResolver, ({ db }) => [(app.db = db)])],
  types: [],
  nodes: {
    Note: nodeFinder(1, async ([id = '']) => {
      const [row] = await app.db!.query<{ id: string; text: string }>(
        'SELECT id::text AS id, text FROM note WHERE id = $1',
        [id],
      );
      return row ? Note.from(row) : null;
    }),
  },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: { 'Note.text': { form: 'TEXT', max: 100, screening: 'NONE' } },
  invariants: {},
  pruning: () => [],
  jobs: () => [],
  routes: () => [],
  served: {
    pages: {
      '/notes': {
        operation: 'query Notes { whoAsks ...notes }',
        view: async (data: { whoAsks: string }, page) => ({
          head: { title: 'Notes' },
          content: html`<p>Asked by ${data.whoAsks}.</p>
            ${await page.partsAt('notes', data)}`,
        }),
      },
    },
    parts: {
      NotesOfArticle: {
        slot: 'articleMiddle',
        fragment: 'on Article { heading: title }',
        html: ({ heading }: { heading: string }) => html`<p class="notes">Notes on ${heading}</p>`,
        head: ({ heading }: { heading: string }, { siteUrl }) => ({
          alternates: [{ type: 'text/plain', title: heading, address: `${siteUrl}/notes.txt` }],
          jsonLd: { interactionStatistic: ['noted'], about: heading },
        }),
      },
      LatestNotes: {
        slot: 'notes',
        fragment: 'on Query { articles(first: 1) { nodes { title } } }',
        more: slowNotes,
        html: async (
          { articles }: { articles: { nodes: readonly { title: string }[] } },
          { read, variables },
        ) => {
          const found = await read<{ whoAsks: string }>(slowNotes, variables);
          return html`<p>Latest: ${articles.nodes[0]?.title}, for ${found?.whoAsks}</p>`;
        },
      },
    },
    texts: {},
  },
  erasure: () => nothingToErase,
  personalData: [],
});

describe('a feature that is added to the line', () => {
  const service = useApp({}, { features: [...features, notes], webRoot: web.path });

  it('is served by the API together with all others', async () => {
    const { db } = service().app;
    await db.query(
      'CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)',
    );
    const { keepNote } = await service().data('mutation { keepNote(input: { text: "A note" }) { id text } }');
    expect(keepNote).toEqual({ id: encodeGlobalId('Note', '1'), text: 'A note' });
    const { node, articles } = await service().data(
      `{ node(id: "${keepNote.id}") { __typename ... on Note { text } } articles { nodes { id } } }`,
    );
    expect([node, articles]).toEqual([{ __typename: 'Note', text: 'A note' }, { nodes: [] }]);
  });

  it('adds its parts to the pages of others, and pages of its own', async () => {
    const { slug } = await service().addArticle({ article: { title: 'With <notes>' } });
    const read = async (path: string) =>
      readPage(await (await fetch(service().url + path, { headers: { accept: 'text/html' } })).text());
    const { content, alternates, jsonLd } = await read(`/articles/${slug}`);
    expect(content.text).toMatch(/0 endorsements .*Notes on With <notes>.* Discussion/);
    expect(alternates).toContainEqual(
      expect.objectContaining({ title: 'With <notes>', href: `${service().url}/notes.txt` }),
    );
    expect([jsonLd.about, jsonLd.headline]).toEqual(['With <notes>', 'With <notes>']);
    // After those of the features before it, to which its own is joined.
    expect(jsonLd.interactionStatistic).toHaveLength(3);
    expect(jsonLd.interactionStatistic).toContain('noted');
    const own = await read('/notes');
    expect([own.title, own.content.text]).toEqual([
      'Notes – Standfirst',
      'Asked by nobody. Latest: With <notes>, for nobody',
    ]);
  });

  it('has its table in the data source', () => {
    expect(service().app.dataSource.getMetadata(NoteEntity).tableName).toBe('note');
  });
});

describe('the declared features', () => {
  // The libraries register the classes that this file declares as well.
  const all: readonly Feature[] = [...features, notes];
  const namesOf = (classes: readonly unknown[]) =>
    [...new Set(classes.map((each) => (each as { readonly name: string }).name))].sort();

  it('name every registered entity and resolver', () => {
    const tables = getMetadataArgsStorage().tables.map(({ target }) => target);
    expect(namesOf(all.flatMap((feature) => feature.tables))).toEqual(namesOf(tables));
    const resolvers = getMetadataStorage().resolverClasses.map(({ target }) => target);
    expect(namesOf(all.flatMap((feature) => feature.resolvers.map((each) => each.resolver)))).toEqual(
      namesOf(resolvers),
    );
  });

  it('have a finder for every type that implements Node', () => {
    const schema = buildApiSchema(all);
    const node = schema.getType('Node');
    if (!isInterfaceType(node)) throw new Error('Node is no interface');
    expect(Object.keys(graphqlOf(all).nodes).sort()).toEqual(namesOf(schema.getPossibleTypes(node)));
  });

  it('can not have two finders for one type', () => {
    const twin: Feature = { ...notes, nodes: { Article: notes.nodes.Note } };
    expect(() => graphqlOf([...features, twin])).toThrow('Two features bring Article');
  });

  it('have distinct names', () => {
    const names = features.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('do not compile if one lacks a part', () => {
    const { erasure: _, ...forgetful } = notes;
    // @ts-expect-error A feature must declare its erasure, even if there is nothing to erase.
    defineFeature(forgetful);
    // @ts-expect-error A resolver whose constructor takes arguments must supply them.
    resolver(NoteResolver);
    // @ts-expect-error The arguments must have the types of the constructor's parameters.
    resolver(NoteResolver, ({ links }) => [links]);
    expect(forgetful).not.toHaveProperty('erasure');
  });
});
