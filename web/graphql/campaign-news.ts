type Listener = (kind: string) => void;

const listeners = new Set<Listener>();

/**
 * Tells that an event of a campaign was shown. Some concern pledges and change no figure, such as a dispute that begins.
 * @param kind its `__typename`
 */
export function noteCampaignEvent(kind: string): void {
  for (const listener of listeners) listener(kind);
}

/** @returns a function that ends it */
export function onCampaignEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
