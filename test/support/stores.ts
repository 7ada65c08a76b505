import type { TestApp } from './app.ts';

/** The numbers of a store in `/metrics`. */
export async function storeOf(app: TestApp, name: 'answers' | 'rows') {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const read = (what: string): number => {
    const line = new RegExp(`^standfirst_memory_${what}\\{store="${name}"\\} (\\S+)$`, 'm').exec(text);
    return Number(line?.[1]);
  };
  return {
    bytes: read('bytes'),
    hits: read('hits_total'),
    misses: read('misses_total'),
    evictions: read('evictions_total'),
  };
}
