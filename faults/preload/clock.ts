let offsetMs = 0;

/**
 * Steps this process's wall clock, as an administrator or a time server might. Timers and the database's clock are
 * unaffected.
 */
export function stepClock(byMs: number): void {
  if (globalThis.Date === systemDate) globalThis.Date = SteppedDate as DateConstructor;
  offsetMs += byMs;
}

const systemDate = Date;

class SteppedDate extends systemDate {
  constructor(...args: [] | [value: number | string | Date]) {
    if (args.length === 0) super(SteppedDate.now());
    else super(...args);
  }

  static override now(): number {
    return systemDate.now() + offsetMs;
  }
}
