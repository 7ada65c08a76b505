import { readFile } from 'node:fs/promises';

/** The kernel's number for a connection that both sides hold open. */
const establishedState = '01';

/** An IPv4 address as `/proc/net/tcp` has it: the bytes in hexadecimal, the last one first. */
const inHex = (address: string): string =>
  address
    .split('.')
    .reverse()
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();

/**
 * Counts the connections from an address that a server on this machine holds open. A client that reads nothing is not told when the
 * server has let it go; the kernel knows.
 * @param table the content of `/proc/net/tcp`
 */
export function countEstablished(table: string, from: string, serverPort: number): number {
  const local = `:${serverPort.toString(16).padStart(4, '0').toUpperCase()}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, own, other, state]) =>
        own?.endsWith(local) && other?.startsWith(`${inHex(from)}:`) && state === establishedState,
    ).length;
}

/** As `countEstablished`, now. */
export async function establishedFrom(from: string, serverPort: number): Promise<number> {
  return countEstablished(await readFile('/proc/net/tcp', 'utf8'), from, serverPort);
}
