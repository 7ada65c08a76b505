import { Client } from 'undici';

/**
 * The connections of lanes, each from an address of its own: limits and turns go by addresses, and readers have many. Any of
 * 127.0.0.0/8 is this machine on Linux; elsewhere all lanes share one address.
 */
export function laneClients(url: string, lanes: number): Client[] {
  return Array.from({ length: lanes }, (_, lane) => {
    const localAddress = `127.89.${Math.floor(lane / 250)}.${(lane % 250) + 1}`;
    return new Client(url, { pipelining: 1, ...(process.platform === 'linux' ? { localAddress } : {}) });
  });
}
