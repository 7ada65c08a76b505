/*
 * The page at `/embed` that is shown in a frame: passes attributes on, opens links in a window of their own, and tells the page
 * around it how tall it is.
 */

/** Message to the page around the frame. Its height is nobody's secret, so that the message goes to whoever shows the frame. */
interface HeightMessage {
  readonly type: 'standfirst-height';
  readonly height: number;
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :root[data-theme='light'] { color-scheme: light; }
  :root[data-theme='dark'] { color-scheme: dark; }
  :root[data-theme='auto'] { color-scheme: light dark; }
  /* The frame's own height: kept for it, it would never become less. */
  :root { --standfirst-reserved: 0px; }
  body { margin: 0; padding: 4px; font-family: system-ui, sans-serif; overflow-x: hidden; }
`);
document.adoptedStyleSheets = [sheet];

/** The page around the frame, which is of a site of EMBED_SITES, may give words in its language. */
addEventListener('message', ({ source, data }) => {
  const { type, texts } = (data ?? {}) as Record<string, unknown>;
  const element = document.querySelector('standfirst-thread');
  if (source !== parent || parent === window || type !== 'standfirst-texts' || !element) return;
  Object.assign(element, { texts });
});

let told = 0;
new ResizeObserver(() => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  parent.postMessage({ type: 'standfirst-height', height } satisfies HeightMessage, '*');
}).observe(document.body);
