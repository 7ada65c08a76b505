import type { Queryable } from '../../../platform/db/database.ts';
import { networkOf } from '../../../platform/http/client-address.ts';
import type { MailAsker } from '../../../platform/mail/mail-bounds.ts';
import { type DeviceTraits, recogniseDevice } from '../account/devices.ts';

/** The key of no account: its devices are looked for as those of any other, so that the work says nothing. */
const noAccount = '0';

/**
 * Who asks for a mail to an address.
 * @param accountId the account that has the address; undefined: none
 */
export async function askerOf(
  db: Queryable,
  accountId: string | undefined,
  traits: DeviceTraits,
  now: Date,
): Promise<MailAsker> {
  const recognition = await recogniseDevice(db, accountId ?? noAccount, traits, now);
  const network = networkOf(traits.address);
  if (recognition === 'TOKEN') return { name: `device ${traits.device ?? ''}`, network, trust: 'TOKEN' };
  const trust = recognition === 'FAMILY' ? 'FAMILY' : 'STRANGER';
  return { name: `address ${traits.address}`, network, trust };
}

/** Asks for a mail to an address that the account has not proven: to its owner, the account is any stranger. */
export const accountAsks = (accountId: string, { address }: Pick<DeviceTraits, 'address'>): MailAsker => ({
  name: `account ${accountId}`,
  network: networkOf(address),
  trust: 'STRANGER',
});
