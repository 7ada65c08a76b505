/** Most passkeys of one account. */
export const maxPasskeys = 10;

/** Most characters of a passkey's name. */
export const maxNameLength = 60;

/** Recovery codes of one set. */
export const codesPerSet = 10;
