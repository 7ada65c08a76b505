const key = 'standfirst.reloaded';

/** At most this often, in milliseconds: what a load does not mend, the next one does not either. */
const pauseMs = 60_000;

/**
 * A part of the page that can't be loaded was most likely replaced by a newer build since the page was: a load brings that.
 * Drafts and what is on its way survive it.
 */
export function reloadWhenOutdated(): void {
  addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(key) ?? 0);
    if (Date.now() - last < pauseMs) return;
    sessionStorage.setItem(key, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
