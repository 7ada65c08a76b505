/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { features } from '../../../src/app/features.ts';
import { personalDocument } from '../../../src/features/people/erasure/personal-data.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { erasureOf } from '../../support/erasure.ts';
import { logAbout, onPerson, personId } from '../../support/persons.ts';

describe('notes of a person', () => {
  const service = useApp();
  let moderator: TestUser;
  let other: TestUser;
  let administrator: TestUser;

  beforeAll(async () => {
    moderator = await service().signUp('Mo Example', 'MODERATOR');
    other = await service().signUp('Ed Example', 'EDITOR');
    administrator = await service().signUp('Al Example', 'ADMINISTRATOR');
  });

  const add = (of: TestUser, text: string, by = moderator, idempotencyKey?: string) =>
    onPerson(service(), by, 'addPersonNote', { personId: personId(of.accountId), text, idempotencyKey });
  const remove = (noteId: string, by: TestUser) => onPerson(service(), by, 'removePersonNote', { noteId });
  const notesOf = async (of: TestUser, after?: string) =>
    (
      await service().data(
        `query ($id: ID!, $after: Cursor) { node(id: $id) { ... on Person { notes(first: 2, after: $after) {
          nodes { id text author { name } viewerCanRemove } pageInfo { hasNextPage endCursor } } } } }`,
        { id: personId(of.accountId), after },
        moderator.token,
      )
    ).node.notes;

  it('are listed newest first, with who has written them, and are in the log without their text', async () => {
    const person = await service().signUp();
    for (const text of ['One', 'Two']) await add(person, text);
    await add(person, 'Three', other);
    const page = await notesOf(person);
    expect(page.nodes).toMatchObject([
      { text: 'Three', author: { name: 'Ed Example' }, viewerCanRemove: false },
      { text: 'Two', author: { name: 'Mo Example' }, viewerCanRemove: true },
    ]);
    const next = await notesOf(person, page.pageInfo.endCursor);
    expect(next).toMatchObject({ nodes: [{ text: 'One' }], pageInfo: { hasNextPage: false } });
    const log = await logAbout(service(), person.accountId);
    expect(log.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['NOTE_ADDED', moderator.accountId],
      ['NOTE_ADDED', moderator.accountId],
      ['NOTE_ADDED', other.accountId],
    ]);
    expect(JSON.stringify(log)).not.toMatch(/One|Two|Three/);
  });

  it('are added once by retries with the same key', async () => {
    const person = await service().signUp();
    const key = randomUUID();
    const first = await add(person, 'A note', moderator, key);
    const second = await add(person, 'A note', moderator, key);
    expect(second.note.id).toBe(first.note.id);
    expect((await add(person, 'Another note', moderator, key)).refused).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await notesOf(person)).nodes).toHaveLength(1);
  });

  it('are removed by whoever has written them, and by administrators', async () => {
    const person = await service().signUp();
    const { note: own } = await add(person, 'A note');
    const { note: second } = await add(person, 'A note');
    expect((await remove(own.id, other)).refused).toBe('FORBIDDEN');
    expect((await remove(own.id, person)).refused).toBe('FORBIDDEN');
    expect((await remove(own.id, moderator)).refused).toBeUndefined();
    expect((await remove(own.id, moderator)).refused).toBe('NOT_FOUND');
    expect((await remove(second.id, administrator)).refused).toBeUndefined();
    expect((await notesOf(person)).nodes).toEqual([]);
  });

  it('are for moderators, of 1 to 2,000 characters, and at most 500', async () => {
    const person = await service().signUp();
    expect((await add(person, 'A note', person)).refused).toBe('FORBIDDEN');
    expect((await add(person, 'x'.repeat(2001))).refused).toBe('TOO_LONG');
    expect((await add(person, ' ')).refused).toBe('EMPTY_TEXT');
    await service().app.db.query(
      `INSERT INTO person_note (person_id, text) SELECT $1, 'A note' FROM generate_series(1, 499)`,
      [person.accountId],
    );
    const outcomes = await Promise.all([add(person, 'One'), add(person, 'Two')]);
    expect(outcomes.map(({ refused }) => refused ?? 'added').sort()).toEqual(['LIMIT_REACHED', 'added']);
  });

  it('are in the person’s document without a name, and go with either', async () => {
    const { db } = service().app;
    const person = await service().signUp('Ida Example');
    const author = await service().signUp('Una Example', 'MODERATOR');
    await add(person, 'A note about Ida', author);
    let text = '';
    const kinds = features.flatMap(({ personalData }) => personalData);
    for await (const piece of personalDocument(kinds, db, person.accountId)) text += piece;
    expect(JSON.parse(text)).toMatchObject({ moderatorsNotes: [{ text: 'A note about Ida' }] });
    expect(text).not.toContain('Una Example');
    await erasureOf(service()).erase(author.email);
    expect((await notesOf(person)).nodes).toMatchObject([{ text: 'A note about Ida', author: null }]);
    await erasureOf(service()).erase(person.email);
    expect(await db.query(`SELECT FROM person_note WHERE text LIKE '%Ida%'`)).toEqual([]);
  });
});
