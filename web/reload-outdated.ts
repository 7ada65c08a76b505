const key = 'standfirst.reloaded';

/** At most this often, in milliseconds: what a load does not mend, the next one does not either. */
const pauseMs = 60_000;

/** Whether the service is there. If not, a load would put the browser's own page about that in the place of this one. */
export async function isReachable(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(5_000);
    const { status } = await fetch(location.href, { method: 'HEAD', cache: 'no-store', signal });
    // Above that it is what stands before the service that answers.
    return status < 500;
  } catch {
    return false;
  }
}

/**
 * A part of the page that can't be loaded was most likely replaced by a newer build since the page was: a load brings that.
 * Drafts and what is on its way survive it.
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
