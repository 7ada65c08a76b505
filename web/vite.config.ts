import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { liveDocuments } from './live-documents.ts';
import { ownDocuments } from './own-documents.ts';

/** Where `npm start` serves, for working on the page with `npm run web`. */
const service = process.env.SERVICE_URL ?? 'http://127.0.0.1:4000';

// Whatever is set around a build: packages look at it to leave their warnings out.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The service's policy takes no inline data but images.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  plugins: [
    ownDocuments(),
    liveDocuments(),
    // Once, as small as can be, and not at each request.
    compression({ algorithms: ['gzip', 'brotliCompress'], exclude: [/\.woff2$/, /\.html$/, /\.json$/] }),
  ],
  // Not the folder of that name beside it.
  server: { proxy: { [String.raw`^/graphql(/stream)?(\?|$)`]: { target: service, ws: true } } },
});
