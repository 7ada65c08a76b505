/** Source of the current time. Tests pin it; everything else uses `systemClock`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
