import type { WrittenText } from '../../../platform/text/written-text.ts';

/** Most passkeys of one account. */
export const maxPasskeys = 10;

/** Most characters of a passkey's name. */
export const maxNameLength = 60;

/** By which its holder knows a passkey. */
export const passkeyName: WrittenText = { form: 'LINE', max: maxNameLength, screening: 'NONE' };

/** Recovery codes of one set. */
export const codesPerSet = 10;
