import { setTimeout as sleep } from 'node:timers/promises';

/** Live connections of one kind. */
export interface LiveGateway {
  /**
   * Takes no new connections.
   * @returns for each that is open, what sends it away
   */
  stopTaking(): readonly (() => void)[];
  /** Resolves when those that were sent away are gone. One that does not go by itself is ended. */
  gone(): Promise<void>;
}

/** How many connections are sent away at a time, of all there are. */
const share = 0.05;
const pauseMs = 250;

/** Sends all live connections away in batches, so that they don't all come back at once. Resolves when they are gone. */
export async function drain(gateways: readonly LiveGateway[]): Promise<void> {
  const leaving = gateways.flatMap((gateway) => gateway.stopTaking());
  const batch = Math.max(1, Math.ceil(leaving.length * share));
  while (leaving.length > 0) {
    for (const sendAway of leaving.splice(0, batch)) sendAway();
    if (leaving.length > 0) await sleep(pauseMs);
  }
  await Promise.all(gateways.map((gateway) => gateway.gone()));
}
