import { type Plugin } from 'vite';

const call = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g;

/**
 * graphql-codegen's `graphql` function looks up a document by its text, in a table of all texts of the page. A build
 * replaces each call by the document itself, like the preset's own plugins for Babel and SWC, and so drops the table.
 */
export const ownDocuments = (): Plugin => ({
  name: 'own-documents',
  apply: 'build',
  enforce: 'pre',
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
    const imports = [...names].map((name) => `${name} as $${name}`).join(', ');
    return { code: `import { ${imports} } from '/graphql/generated/graphql.ts';\n${replaced}`, map: null };
  },
});
