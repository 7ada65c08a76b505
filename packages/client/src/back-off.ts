const firstMs = 500;

/**
 * Time to wait before reconnecting: random, up to a bound that doubles each time ("full jitter"), so that clients which
 * were disconnected together do not reconnect together.
 * @param failures number of consecutive failures, from 1
 */
export const backOffMs = (failures: number, maxMs: number): number =>
  Math.random() * Math.min(maxMs, firstMs * 2 ** (failures - 1));
