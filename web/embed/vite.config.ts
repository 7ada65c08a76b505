import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { licenceList, licences } from '../licences.ts';
import { trustedDocuments } from './trusted-documents.ts';

// Set for builds whatever the environment says: packages omit their warnings in production.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the files for pages of other sites, each complete in itself, beside the page's. */
export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('../../dist/web/embed'),
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    license: { fileName: licenceList },
    rolldownOptions: {
      input: { thread: here('./thread-file.ts'), frame: here('./frame.ts') },
      // What other pages import keeps its exports.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        postBanner: '/*! Licences: licences.txt beside this file */',
      },
    },
  },
  plugins: [
    licences(),
    trustedDocuments(),
    compression({ algorithms: ['gzip', 'brotliCompress'], exclude: [/\.json$/] }),
  ],
});
