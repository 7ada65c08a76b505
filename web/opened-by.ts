/**
 * Origin of the page that has opened this one in a window for a sign-in, as the service has written it into the document after it
 * has checked it; undefined: this is no such window. It is never taken from the address, which anybody may have made.
 */
export const openedBy =
  typeof document === 'undefined'
    ? undefined
    : document.querySelector<HTMLMetaElement>('meta[name="standfirst-site"]')?.content;
