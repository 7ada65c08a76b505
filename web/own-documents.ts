import { type Plugin } from 'vite';
import * as generated from './graphql/generated/graphql.ts';

const call = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g;

/** Prefix of the modules that hold one document each. */
const prefix = 'own-document:';

/**
 * graphql-codegen's `graphql` function looks up a document by its text, in a table of all texts of the page. A build
 * replaces each call by the document itself, like the preset's own plugins for Babel and SWC, and so drops the table. Every
 * document is a module of its own: otherwise the first file would have those of all parts that are loaded on demand.
 */
export const ownDocuments = (): Plugin => ({
  name: 'own-documents',
  apply: 'build',
  enforce: 'pre',
  resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
  load(id) {
    if (!id.startsWith(`\0${prefix}`)) return undefined;
    const name = id.slice(prefix.length + 1);
    const document: unknown = generated[name as keyof typeof generated];
    if (document === undefined) throw new Error(`There is no ${name}: run \`npm run codegen\``);
    return `export default ${JSON.stringify(document)};`;
  },
  transform(code, id) {
    // The generated table contains an example of a call in a comment.
    if (/\/(node_modules|generated)\//.test(id) || !/\/web\/.*\.tsx?$/.test(id)) return undefined;
    const names = new Set<string>();
    const replaced = code.replace(call, (_, kind: string, name: string) => {
      const own = name + (kind === 'fragment' ? 'FragmentDoc' : 'Document');
      names.add(own);
      return `$${own}`;
    });
    if (names.size === 0) return undefined;
    const imports = [...names].map((name) => `import $${name} from '${prefix}${name}';\n`).join('');
    return { code: imports + replaced, map: null };
  },
});
