import { type Rolldown } from 'vite';

/** Modules that the first script imports along with others of their package, and that come with the thread. */
const ofThread =
  /\/(packages\/client|node_modules\/graphql-ws|node_modules\/@tanstack|web\/thread\/discussion\.ts)/;

/**
 * Names the file for everything that the page's first script imports, statically and at any depth. Without it, what that
 * script shares with parts that are loaded later would be a file for each set of parts: a dozen small ones, which
 * compress worse than one.
 */
export function firstFile(): (id: string, context: Rolldown.ChunkingContext) => string | null {
  const known = new Map<string, boolean>();
  const isFirst = (id: string, context: Rolldown.ChunkingContext): boolean => {
    const found = known.get(id);
    if (found !== undefined) return found;
    // Until it is known otherwise, for modules that import each other.
    known.set(id, false);
    const info = ofThread.test(id) ? null : context.getModuleInfo(id);
    const first =
      info !== null && (info.isEntry || info.importers.some((importer) => isFirst(importer, context)));
    known.set(id, first);
    return first;
  };
  return (id, context) => (isFirst(id, context) ? 'page' : null);
}
