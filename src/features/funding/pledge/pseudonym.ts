import { randomInt } from 'node:crypto';

/** Letters and digits that are not mistaken for each other. */
const characters = 'abcdefghjkmnpqrstuvwxyz23456789';

const length = 12;

/** A random name for a backer in a public ledger, different for each pledge so that pledges are not linked by it. */
export const newPseudonym = (): string =>
  Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
