const key = 'standfirst.reloaded';

/**
 * Shortest time between two reloads, in milliseconds: a fault that one reload does not repair would remain after the
 * next.
 */
const pauseMs = 60_000;

/** Whether the service is reachable. Otherwise a reload would replace this page by the browser's error page. */
export async function isReachable(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(5_000);
    const { status } = await fetch(location.href, { method: 'HEAD', cache: 'no-store', signal });
    // Higher statuses come from a proxy in front of the service.
    return status < 500;
  } catch {
    return false;
  }
}

/**
 * Reloads the page when a part cannot be loaded: a newer build has probably replaced it, and the reload brings that
 * build. Drafts and unsent comments survive a reload.
 */
export function reloadWhenOutdated(): void {
  addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(key) ?? 0);
    if (Date.now() - last < pauseMs) return;
    void isReachable().then((isThere) => {
      if (!isThere) return;
      sessionStorage.setItem(key, String(Date.now()));
      location.reload();
    });
  });
}
