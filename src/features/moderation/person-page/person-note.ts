/** Most characters of a note about a person. */
export const maxPersonNoteLength = 2000;

/** Most notes about one person. */
export const maxNotesPerPerson = 500;
