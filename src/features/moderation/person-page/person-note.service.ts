import { lockSanctioned } from '../../people/account/sanction.queries.ts';
import { hasRole, requireModerator, type Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { claimId } from '../../../platform/idempotency/idempotency.queries.ts';
import { actorOf, type ModerationLog } from '../../../platform/screening/moderation-log.ts';
import { requireText } from '../../../platform/text/rules.ts';
import { countNotes, deleteNote, insertNote, lockNote } from './person-note.queries.ts';

/** Most characters of a note about a person. */
export const maxPersonNoteLength = 2000;

/** Most notes about one person. */
export const maxNotesPerPerson = 500;

declare module '../../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly person_note_id_seq: true;
  }
}

export interface NewPersonNote {
  readonly personId: string;
  readonly text: string;
  readonly idempotencyKey: string | undefined;
}

/** Moderators' notes about accounts, for moderators. */
export class PersonNoteService {
  constructor(
    private readonly db: Database,
    private readonly moderationLog: ModerationLog,
  ) {}

  /** @returns the id of the note; a repetition returns that of the first, which may be removed by now */
  addPersonNote(
    viewer: Viewer,
    { personId, text: given, idempotencyKey }: NewPersonNote,
  ): Promise<Result<string>> {
    return refusable(async () => {
      requireModerator(viewer);
      const text = requireText(given, { field: 'text', max: maxPersonNoteLength });
      const scope = { viewer, subject: accountSubject(personId) };
      return this.db.transactionFor(scope, async (tx) => {
        const { accountId } = viewer;
        const { resultId: id, isFirst } = await claimId(tx, {
          accountId,
          key: idempotencyKey,
          input: ['addPersonNote', personId, text],
          articleId: undefined,
          idSequence: 'person_note_id_seq',
        });
        if (!isFirst) return id;
        // Notes of one person are counted one after the other.
        if (!(await lockSanctioned(tx, personId))) throw new Refusal('NOT_FOUND', ['personId']);
        if ((await countNotes(tx, personId)) >= maxNotesPerPerson)
          throw new Refusal('LIMIT_REACHED', ['personId'], `There are ${maxNotesPerPerson} notes.`);
        await insertNote(tx, { id, personId, authorId: accountId, text });
        const about = { actor: actorOf(viewer), subjectId: personId, detail: { noteId: id } };
        await this.moderationLog.appendLast(tx, [{ kind: 'NOTE_ADDED', ...about }]);
        return id;
      });
    });
  }

  /** Removes one of the viewer's notes, or any if the viewer is an administrator. @returns the id of the person */
  removePersonNote(viewer: Viewer, noteId: string): Promise<Result<string>> {
    return refusable(async () => {
      requireModerator(viewer);
      return this.db.transactionFor({ viewer, subject: `note:${noteId}` }, async (tx) => {
        const note = await lockNote(tx, noteId);
        if (!note) throw new Refusal('NOT_FOUND', ['noteId']);
        if (note.authorId !== viewer.accountId && !hasRole(viewer, 'ADMINISTRATOR'))
          throw new Refusal('FORBIDDEN', ['noteId']);
        await deleteNote(tx, noteId);
        return note.personId;
      });
    });
  }
}
