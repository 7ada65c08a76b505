/** Most characters of what a moderator adds to a decision for the person that it is about. */
export const maxNoteLength = 500;
