import { type SpawnOptions } from 'node:child_process';
import { type Stats } from 'node:fs';

/** The user that PostgreSQL runs as where that isn't the user of this process. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands it to `nobody`, by number because a container's /etc/passwd may not
 * list that user. Everyone else runs it as themselves (undefined).
 */
export function unprivilegedUser(): RunAs | undefined {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

/** The spawn options that every PostgreSQL program here shares. */
export function programOptions(runAs: RunAs | undefined, cwd: string): SpawnOptions {
  // The caller's PGOPTIONS, PGDATA, LD_LIBRARY_PATH or locale must not change how the database behaves.
  const env = process.platform === 'win32' ? process.env : { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  return { cwd, env, windowsHide: true, ...runAs };
}

/** Whether that user (undefined: anyone) may read, and execute where `execute` says so, by the bits of the mode. */
export function mayUse(stats: Stats, runAs: RunAs, wanted: number): boolean {
  const shift = stats.uid === runAs.uid ? 6 : stats.gid === runAs.gid ? 3 : 0;
  return ((stats.mode >> shift) & wanted) === wanted;
}
