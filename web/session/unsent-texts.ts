import { hasTexts, readStored, storedKeys, writeStored } from '../storage.ts';

/** Prefixes of the keys of drafts; the account's id follows. */
const drafts = ['standfirst.draft.', 'standfirst.article.', 'standfirst.campaign.'];

const outbox = 'standfirst.outbox.';

const isOutgoing = (value: unknown): value is { readonly viewerId: string } => hasTexts(value, ['viewerId']);

/** The keys of texts that a reader has written in this browser, and that the service does not have yet. */
export const unsentTexts = (viewerId: string): string[] => [
  ...drafts.flatMap((prefix) => storedKeys(`${prefix}${viewerId}.`)),
  ...storedKeys(outbox).filter((key) => readStored(key, isOutgoing)?.viewerId === viewerId),
];

/** Deletes these texts: nobody else who uses this browser is to read them. */
export function deleteUnsentTexts(viewerId: string): void {
  for (const key of unsentTexts(viewerId)) writeStored(key, undefined);
}
