import { createHash } from 'node:crypto';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { networkOf } from '../../../platform/http/client-address.ts';
import { programOf } from '../../../platform/text/user-agent.ts';
import { selectKnownDevices, upsertDevices } from './device.queries.ts';

/*
 * A sign-in is from a known device if the account has signed in, within the last 180 days,
 *  - with the same token: random, made and kept by the browser, sent as the header `standfirst-device`; or
 *  - from the same network (/24 or /48) with the same browser on the same system, which is all there is without a token.
 * So neither another network, with the token, nor cleared storage makes a device new; programs that send no token are known by
 * their network. The first sign-in of an account has nothing to be compared with. But if the account is of staff and a day old, it counts
 * as one from an unknown device: the account is older than the notes of devices, was never used, or has a new password by mail.
 */

const knownMs = 180 * 24 * 3_600_000;

/** What a client is recognised by. */
export interface DeviceTraits {
  /** The client's address, as limits count it. */
  readonly address: string;
  readonly userAgent?: string | null | undefined;
  /** The token that its browser keeps. */
  readonly device?: string | undefined;
}

/**
 * How an account knows a device: `FIRST` is that of the first sign-in, and `UNKNOWN` one that it has not signed in from;
 * `TOKEN` is recognised by its own token, `FAMILY` by browser, system and network.
 */
export type DeviceRecognition = 'FIRST' | 'UNKNOWN' | 'TOKEN' | 'FAMILY';

const hashOf = (accountId: string, ...traits: readonly (string | null)[]): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([accountId, ...traits]))
    .digest();

function hashesOf(accountId: string, { address, userAgent, device }: DeviceTraits): readonly Buffer[] {
  const { browser, system } = programOf(userAgent ?? null);
  const family = hashOf(accountId, 'family', browser, system, networkOf(address) ?? address);
  return device === undefined ? [family] : [family, hashOf(accountId, 'token', device)];
}

/** How an account knows a device. Changes nothing. */
export async function recogniseDevice(
  db: Queryable,
  accountId: string,
  traits: DeviceTraits,
  now: Date,
): Promise<DeviceRecognition> {
  const hashes = hashesOf(accountId, traits);
  const since = new Date(now.getTime() - knownMs);
  const { hasAny, known } = await selectKnownDevices(db, { accountId, hashes, since });
  const [family, token] = hashes.map((hash) => known.includes(hash.toString('hex')));
  if (token === true) return 'TOKEN';
  if (family === true) return 'FAMILY';
  return hasAny ? 'UNKNOWN' : 'FIRST';
}

/** Notes that an account signs in. @returns how it knew the device before */
export async function noteDevice(
  tx: Tx,
  accountId: string,
  traits: DeviceTraits,
  now: Date,
): Promise<DeviceRecognition> {
  const recognition = await recogniseDevice(tx, accountId, traits, now);
  await upsertDevices(tx, { accountId, hashes: hashesOf(accountId, traits), at: now });
  return recognition;
}
