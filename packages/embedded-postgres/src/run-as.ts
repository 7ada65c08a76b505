import { type SpawnOptions } from 'node:child_process';
import { type Stats } from 'node:fs';

/** The user that PostgreSQL runs as, where it is not the user of this process. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root runs it as `nobody`, by number because a container's /etc/passwd may not
 * list that user. All other users run it as themselves (undefined).
 */
export function unprivilegedUser(): RunAs | undefined {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

/** The spawn options that all PostgreSQL programs share. */
export function programOptions(runAs: RunAs | undefined, cwd: string): SpawnOptions {
  // The caller's PGOPTIONS, PGDATA, LD_LIBRARY_PATH or locale must not change the behaviour of the database.
  const env = process.platform === 'win32' ? process.env : { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  return { cwd, env, windowsHide: true, ...runAs };
}

/** Whether the mode bits grant that user the `wanted` permissions (octal digit: 4 read, 2 write, 1 execute). */
export function mayUse(stats: Stats, runAs: RunAs, wanted: number): boolean {
  const shift = stats.uid === runAs.uid ? 6 : stats.gid === runAs.gid ? 3 : 0;
  return ((stats.mode >> shift) & wanted) === wanted;
}
