import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { licenceList, licences } from './licences.ts';
import { firstFile } from './first-file.ts';
import { liveDocuments } from './live-documents.ts';
import { ownDocuments } from './own-documents.ts';
import { steadyFonts } from './steady-fonts.ts';

/** Address of the service that `npm start` runs, for working on the page with `npm run web`. */
const service = process.env.SERVICE_URL ?? 'http://127.0.0.1:4000';

// Set for builds whatever the environment says: packages omit their warnings in production.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // For older ones, `:dir()` would become lists of languages.
    cssTarget: ['chrome120', 'firefox121', 'safari16.4'],
    // The service's content security policy allows inline data for images only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The first file, before compression.
    chunkSizeWarningLimit: 450,
    modulePreload: { polyfill: false },
    license: { fileName: licenceList },
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [{ name: firstFile(), debugName: 'first file' }],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
  resolve: {
    // The page is written for React, and runs on Preact, which has React's interface in a tenth of the bytes.
    alias: [
      { find: /^react\/jsx-runtime$/, replacement: 'preact/jsx-runtime' },
      { find: /^react-dom\/client$/, replacement: 'preact/compat/client' },
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
    ],
    // Without it RxJS comes with classes for browsers that have none.
    conditions: ['es2015', ...defaultClientConditions],
  },
  plugins: [
    ownDocuments(),
    liveDocuments(),
    steadyFonts(),
    licences(),
    // Compressed once at the highest level, instead of at each request.
    compression({ algorithms: ['gzip', 'brotliCompress'], exclude: [/\.woff2$/, /\.html$/, /\.json$/] }),
  ],
  // A pattern that does not match files of the folder web/graphql.
  server: { proxy: { [String.raw`^/graphql(/stream)?(\?|$)`]: { target: service, ws: true } } },
});
