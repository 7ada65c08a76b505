import type { Accepted } from './overdue-libraries.ts';

/** Libraries that stay as they are although they are overdue. */
export const acceptedLibraries: Readonly<Record<string, Accepted>> = {
  '@apollo/subgraph': { reason: 'For tests only; later versions need Node.js 22.', on: '2026-11-28' },
  '@fastify/static': {
    reason:
      'Version 10 takes a library that needs Node.js 22. What it mends since is about routes that guard some of the files; all that are served here are public.',
    on: '2026-11-28',
  },
  '@types/node': {
    reason: 'The types are those of Node.js 20, which the service runs on.',
    on: '2026-11-28',
  },
  '@types/sax': {
    reason: 'The library that they describe has not changed its interface since.',
    on: '2026-11-28',
  },
  'dependency-cruiser': { reason: 'Version 18 needs Node.js 22.', on: '2026-11-28' },
  graphql: { reason: 'Version 17 needs Node.js 22, and type-graphql asks for 16.', on: '2026-11-28' },
  'graphql-scalars': { reason: 'type-graphql asks for version 1.', on: '2026-11-28' },
  'reflect-metadata': { reason: 'type-graphql and typeorm need it; it is finished.', on: '2026-11-28' },
  'sanitize-html': {
    reason:
      'Later versions need Node.js 22.12. test/platform/text/xss.test.ts tries what they mend; a vulnerability that concerns the service means a patch.',
    on: '2026-11-28',
  },
  saxes: {
    reason: 'For tests only: it says whether XML is well-formed, of which the rules do not change.',
    on: '2026-11-28',
  },
  typescript: { reason: 'typescript-eslint takes versions below 6.1.', on: '2026-11-28' },
  undici: { reason: 'For benches only; version 8 needs Node.js 22.', on: '2026-11-28' },
};
