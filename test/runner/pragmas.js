import { readFileSync } from 'node:fs';

/**
 * What a test file says of itself in a comment at its beginning.
 *
 * - `@database none`: it uses no database, so one run is enough; `@database embedded`: the embedded database is its subject;
 *   `@database either`: its subject is one to which the kind of database makes no difference: a rule of a feature, HTTP, a document,
 *   a command line, permissions, a page in a browser, a client, the demo, memory or the benches.
 *   Without it the file runs twice, on the embedded database and on the services of the environment.
 * - `@seconds N`: about how long it takes on two cores, where that is long. Such files begin first.
 *
 * @param {string} path
 * @returns {{ database: string | undefined, seconds: number }}
 */
export function pragmasOf(path) {
  const [comment = ''] = /^\/\*\*[^]*?\*\//.exec(readFileSync(path, 'utf8')) ?? [];
  return {
    database: /@database (\w+)/.exec(comment)?.[1],
    seconds: Number(/@seconds (\d+)/.exec(comment)?.[1] ?? 0),
  };
}
