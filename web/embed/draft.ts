import { hasTexts, inTab, keep, readKept } from './store.ts';

/** A text that is being written, and the try to send it that has failed, if there was one. */
export interface Draft {
  readonly text: string;
  /** The key and the text of the last try: the same text is sent with the same key, so that it is posted once. */
  readonly sent?: { readonly text: string; readonly key: string };
}

const isDraft = (value: unknown): value is Draft =>
  hasTexts(value, ['text']) &&
  ((value as Draft).sent === undefined || hasTexts((value as Draft).sent, ['text', 'key']));

const keyOf = (url: string, parentId: string | undefined) => `standfirst.draft ${url} ${parentId ?? ''}`;

/** The draft of a comment in this tab. */
export const readDraft = (url: string, parentId: string | undefined): Draft =>
  readKept(keyOf(url, parentId), isDraft, inTab) ?? { text: '' };

/** Keeps a draft through a reload; an empty one is deleted. */
export const keepDraft = (url: string, parentId: string | undefined, draft: Draft): void =>
  keep(keyOf(url, parentId), draft.text === '' ? undefined : draft, inTab);

/** A random UUID, also on a page without TLS, where the platform offers none. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
