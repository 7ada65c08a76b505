/** What the pop-up hands over: a token that runs the element's own operations and nothing else. */
export interface PopupGrant {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** How often the element looks whether the pop-up was closed, in milliseconds: no event tells. */
const lookMs = 400;

/**
 * Opens the sign-in on the service's own page, and waits for what it hands over. The pop-up sends it to this origin alone; here a
 * message counts if it comes from the service's origin and from this very window.
 * @returns undefined if the reader has closed the pop-up, or the browser has not opened it
 */
export function openPopup(service: string): Promise<PopupGrant | undefined> {
  const address = `${service}/embed/sign-in?site=${encodeURIComponent(location.origin)}`;
  const [width, height] = [480, 640];
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 3);
  const popup = open(address, '_blank', `popup,width=${width},height=${height},left=${left},top=${top}`);
  if (!popup) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const end = (grant: PopupGrant | undefined) => {
      removeEventListener('message', onMessage);
      clearInterval(looking);
      resolve(grant);
    };
    const onMessage = ({ origin, source, data }: MessageEvent) => {
      if (origin !== new URL(service).origin || source !== popup) return;
      const { type, token, expiresAt } = (data ?? {}) as Record<string, unknown>;
      if (type !== 'standfirst-token' || typeof token !== 'string' || typeof expiresAt !== 'string') return;
      end({ token, expiresAt });
    };
    addEventListener('message', onMessage);
    const looking = setInterval(() => {
      if (popup.closed) end(undefined);
    }, lookMs);
  });
}
