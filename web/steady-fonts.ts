import { type Plugin } from 'vite';

/** The files that the first lines of an article need, by the beginnings of their names. */
const preloaded = ['newsreader-latin-wght-normal', 'newsreader-latin-wght-italic', 'inter-latin-wght-normal'];

/**
 * Loads the typefaces early, and never exchanges one on show: lines would break elsewhere, and everything below would
 * move. Where a file arrives too late for the first paint, the page keeps the fallbacks of `styles/fonts.css`, and the
 * next page has the typeface from the cache.
 */
export const steadyFonts = (): Plugin => ({
  name: 'steady-fonts',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/@fontsource-variable\/.*\.css$/.test(id)) return undefined;
    return { code: code.replaceAll('font-display: swap', 'font-display: optional'), map: null };
  },
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      if (!bundle) return [];
      const files = Object.keys(bundle);
      return preloaded.map((name) => {
        const file = files.find((each) => each.startsWith(`assets/${name}`) && each.endsWith('.woff2'));
        if (file === undefined) throw new Error(`The build has no file ${name}`);
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: true };
        return { tag: 'link', attrs, injectTo: 'head' as const };
      });
    },
  },
});
