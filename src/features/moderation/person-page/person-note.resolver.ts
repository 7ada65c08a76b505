import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { hasRole } from '../../../platform/auth/viewer.ts';
import {
  AddPersonNoteInput,
  AddPersonNotePayload,
  PersonPayload,
  RemovePersonNoteInput,
} from './person.input.ts';
import { toPerson } from './person.mutation.ts';
import { loadPerson } from '../persons/person.show.ts';
import { Person } from '../persons/person.type.ts';
import { noteById, notePages } from './person-note.loader.ts';
import { maxNotesPerPerson, type PersonNoteService } from './person-note.service.ts';
import { PersonNote, PersonNoteConnection } from './person-note.type.ts';

/** Notes of a person. */
@Resolver(() => Person)
export class PersonNotesResolver {
  @FieldResolver(() => PersonNoteConnection, {
    nullable: true,
    description: `What moderators have noted about the person, newest first: at most ${maxNotesPerPerson} notes.`,
  })
  async notes(
    @Root() { accountId }: Person,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<PersonNote>> {
    const page = await loaders
      .get(notePages)
      .load({ scope: accountId, variant: 'NEWEST', request: pageRequest(args) });
    return toConnection(page, (row) => PersonNote.from(row));
  }
}

@Resolver(() => PersonNote)
export class PersonNoteResolver {
  constructor(private readonly notes: PersonNoteService) {}

  @FieldResolver(() => Person, {
    nullable: true,
    description: 'The moderator who has written it; null if their account was erased.',
  })
  author(@Root() { row }: PersonNote, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.authorId);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer may remove the note: their own, or any if they are an administrator.',
  })
  viewerCanRemove(@Root() { row }: PersonNote, @Ctx() { viewer }: Context): boolean {
    return viewer !== null && (row.authorId === viewer.accountId || hasRole(viewer, 'ADMINISTRATOR'));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(AddPersonNotePayload, {
    description: `Notes something about a person, for moderators: at most ${maxNotesPerPerson} notes of one person (LIMIT_REACHED). For moderators.`,
    input: [AddPersonNoteInput, 'The note.'],
  })
  async addPersonNote(
    input: AddPersonNoteInput,
    viewer: Viewer,
    context: Context,
  ): Promise<AddPersonNotePayload> {
    const [personId] = requireKeys('Person', 1, input.personId);
    const idempotencyKey = input.idempotencyKey ?? undefined;
    const result = await this.notes.addPersonNote(viewer, { personId, text: input.text, idempotencyKey });
    if (!result.ok) return { note: null, userErrors: result.userErrors };
    const row = await context.loaders.get(noteById).load(result.value);
    return { note: row ? PersonNote.from(row) : null, userErrors: [] };
  }

  @NeedsScope('MODERATE')
  @AccountCommand(PersonPayload, {
    description: 'Removes a note about a person: one’s own, or any as an administrator. For moderators.',
    input: [RemovePersonNoteInput, 'The note.'],
  })
  removePersonNote(input: RemovePersonNoteInput, viewer: Viewer, context: Context): Promise<PersonPayload> {
    const [noteId] = requireKeys('PersonNote', 1, input.noteId);
    return toPerson(context, this.notes.removePersonNote(viewer, noteId));
  }
}
