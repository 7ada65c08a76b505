import { isText, readStored, writeStored } from './storage.ts';

const key = 'standfirst.device';

const isToken = (value: unknown): value is string => isText(value) && /^[\w-]{22,86}$/.test(value);

let made: string | undefined;

/** The random token of this browser, by which an account recognises it at the next sign-in; made at its first use. */
export function deviceToken(): string {
  const stored = readStored(key, isToken) ?? made;
  if (stored !== undefined) return stored;
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  made = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  writeStored(key, made);
  return made;
}
