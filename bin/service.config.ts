import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'vite';
import { commands } from './checkout.js';
import { licenceList, licences } from '../web/licences.ts';

/*
 * The service and its commands, each with the libraries that it needs in a few files: reading and compiling some 2,500 modules took
 * half of the processor time in which a process starts.
 */

const source = join(import.meta.dirname, '../src');
const programs = [
  'main',
  ...[...commands, 'import-texts', 'print-schema'].map((command) => `commands/${command}`),
];

const graphqlModule = createRequire(import.meta.url).resolve('graphql/index.mjs');

export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/src',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    license: { fileName: licenceList },
    rolldownOptions: {
      input: Object.fromEntries(programs.map((name) => [name, join(source, `${name}.ts`)])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'parts/[name]-[hash].js' },
      checks: { pluginTimings: false },
    },
  },
  ssr: {
    noExternal: true,
    // Programs for one processor, and what looks for files of its own.
    external: ['@node-rs/argon2', 'pino', 'pino-pretty', '@graphql-yoga/render-graphiql'],
  },
  resolve: {
    // The packages of this repository from their sources.
    tsconfigPaths: true,
    // All of it from its modules: two copies refuse each other's schemas.
    alias: [
      { find: /^graphql$/, replacement: graphqlModule },
      { find: /^graphql\/(.*)\.js$/, replacement: join(dirname(graphqlModule), '$1.mjs') },
    ],
  },
  plugins: [licences('The service')],
});
