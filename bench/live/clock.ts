const ahead = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds of a clock that all processes of this machine share and that nobody sets. */
export function sharedNow(): number {
  return ahead + performance.now();
}
