/** Browser events that other platforms have only in part. */
interface Platform {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
  readonly document?: Platform & { readonly visibilityState?: string };
}

/**
 * Calls `wake` when a browser is online again, or its page becomes visible: after sleep, timers are late and sockets
 * may be dead without a close event.
 * @param doubt called when the browser reports to be offline, which need not affect the service's host
 * @returns a function that removes the listeners
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
