import { hasTexts, readStored, writeStored } from '../storage.ts';

/*
 * What this browser keeps of sign-ins at other sites. Somebody who signs out here may still be signed in there, and the next person at a
 * shared machine would be signed in as them by one press of a button.
 */

/** Another site whose login has signed in. */
export interface IssuerMark {
  readonly id: string;
  readonly name: string;
}

const [signedInKey, signedOutKey] = ['standfirst.signed-in-by', 'standfirst.signed-out'];

const isMark = (value: unknown): value is IssuerMark => hasTexts(value, ['id', 'name']);

export function noteSignIn({ id, name }: IssuerMark): void {
  writeStored(signedInKey, { id, name });
  writeStored(signedOutKey, undefined);
}

/** @returns the other site at which this browser is perhaps still signed in */
export function noteSignOut(): IssuerMark | undefined {
  const mark = readStored(signedInKey, isMark);
  writeStored(signedInKey, undefined);
  writeStored(signedOutKey, true);
  return mark;
}

/** Whether somebody has signed out in this browser: then the other site asks who signs in next. */
export const hasSignedOut = (): boolean =>
  readStored(signedOutKey, (value): value is true => value === true) === true;
