import { type Rolldown } from 'vite';

/**
 * Names the file for everything that the page's first script imports, statically and at any depth. Without it, what that
 * script shares with parts that are loaded later would be a file for each set of parts: a dozen small ones, which
 * compress worse than one. The file has to be complete: if it imported another one that imports it back, modules would run
 * before those that they need.
 */
export function firstFile(): (id: string, context: Rolldown.ChunkingContext) => string | null {
  const first = new Set<string>();
  /** Looks from a module upwards for an entry; modules may import each other in a circle. */
  function isFirst(id: string, context: Rolldown.ChunkingContext): boolean {
    const seen = new Set([id]);
    for (const module of seen) {
      const info = context.getModuleInfo(module);
      if (info?.isEntry || first.has(module)) return true;
      for (const importer of info?.importers ?? []) seen.add(importer);
    }
    return false;
  }
  return (id, context) => {
    if (!isFirst(id, context)) return null;
    first.add(id);
    return 'page';
  };
}
