/** What browsers have of this and other platforms only in part. */
interface Platform {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
  readonly document?: Platform & { readonly visibilityState?: string };
}

/**
 * Calls back when a browser is online again, or its page is looked at again: after sleep, timers are late and sockets
 * are dead without knowing.
 * @param doubt the browser says that it is offline, which it may be for other hosts than the service's
 * @returns stops it
 */
export function onWakeUp(wake: () => void, doubt: () => void): () => void {
  const platform = globalThis as unknown as Platform;
  const page = platform.document;
  const shown = () => {
    if (page?.visibilityState === 'visible') wake();
  };
  platform.addEventListener?.('online', wake);
  platform.addEventListener?.('offline', doubt);
  page?.addEventListener?.('visibilitychange', shown);
  return () => {
    platform.removeEventListener?.('online', wake);
    platform.removeEventListener?.('offline', doubt);
    page?.removeEventListener?.('visibilitychange', shown);
  };
}
