import { describe, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program of the system. @returns undefined where it is not installed */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * `describe` for tests that need programs of the system. Without them the tests are skipped, and the name of the suite
 * says why; where `CI` is set they fail, so that a build cannot pass by having lost a program.
 */
export function describeWithPrograms(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) {
    describe(name, tests);
  } else if (process.env.CI) {
    it(name, () => {
      throw new Error(`not installed: ${missing.join(', ')}`);
    });
  } else {
    describe.skip(`${name} (skipped, not installed: ${missing.join(', ')})`, tests);
  }
}
