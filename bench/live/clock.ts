const ahead = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds of a monotonic clock that all processes of this machine share. */
export function sharedNow(): number {
  return ahead + performance.now();
}
