const firstMs = 500;

/**
 * How long to wait before coming back: at random up to a bound that doubles each time ("full jitter"), so that all who
 * were cut off in one moment don't return in one.
 * @param failures how often in a row it has failed, from 1
 */
export const backOffMs = (failures: number, maxMs: number): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** (failures - 1));
