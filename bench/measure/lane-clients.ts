import { Client } from 'undici';

/**
 * Connections of lanes, each from its own local address, because limits and turns count by address and real readers
 * have many. On Linux all of 127.0.0.0/8 is local; elsewhere all lanes share one address.
 */
export function laneClients(url: string, lanes: number): Client[] {
  return Array.from({ length: lanes }, (_, lane) => {
    const localAddress = `127.89.${Math.floor(lane / 250)}.${(lane % 250) + 1}`;
    return new Client(url, { pipelining: 1, ...(process.platform === 'linux' ? { localAddress } : {}) });
  });
}
