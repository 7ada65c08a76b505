import { createHash } from 'node:crypto';

/*
 * Mails that anybody can have sent to an address are counted by recipient, by what they are for, and by who asks. Of an hour,
 * with a limit of six,
 *  - one asker gets three at most, so that the rest is left for others;
 *  - together they get six, and beyond those up to six more go to networks that have asked for none in that hour: a flood from
 *    a few places leaves them for the person, wherever that is;
 *  - devices that the recipient's account has signed in from have budgets of their own, which no stranger spends: three for each
 *    browser that shows its token, and six for whoever has the network, browser and system of an earlier sign-in.
 * Of a day, four times as many; beyond it, strangers together get one an hour if there was none in that hour. So the recipient
 * of a flood from everywhere gets no more than 48 a day of one purpose, and has a link of the last hour. Nothing here ends a link
 * that was mailed before.
 *
 * A link that signs in is valid for less than an hour. A stranger gets one also whenever the recipient has none of the last ten
 * minutes. Of this purpose a flood from everywhere brings six an hour, for as long as it lasts; one asker still gets three.
 */

/** What a mail is for that somebody asks for: each has its own bounds, whether or not an account has the address. */
export type MailPurpose = 'SIGN_UP' | 'PASSWORD' | 'EMAIL' | 'ENDORSEMENT' | 'SIGN_IN';

/**
 * How far an asker has shown to be the recipient: `TOKEN` by the token of a browser that has signed in, `FAMILY` by the network,
 * browser and system of an earlier sign-in.
 */
export type AskerTrust = 'TOKEN' | 'FAMILY' | 'STRANGER';

/** Who asks for a mail. */
export interface MailAsker {
  /** Names the asker: its address, the token of its browser, or its account. */
  readonly name: string;
  /** The network from which it asks; null: not known. */
  readonly network: string | null;
  readonly trust: AskerTrust;
  /** Whether the recipient has no link of use for the purpose; undefined: links for it outlive an hour. */
  readonly lacksLink?: boolean | undefined;
}

/** Mails to one recipient for one purpose. */
export interface AskedCounts {
  /** Asked for by the same asker, in the last hour and day. */
  readonly ownHour: number;
  readonly ownDay: number;
  /** From its network in the last hour. */
  readonly networkHour: number;
  /** By those who have shown no relation to the recipient. */
  readonly strangersHour: number;
  readonly strangersDay: number;
  /** By the others. */
  readonly knownHour: number;
  readonly knownDay: number;
}

/** How many times the bound of an hour is the bound of a day. */
const hoursOfDay = 4;

/** The budget that a mail is taken from: that of the devices of the recipient's account, or that of everybody else. */
export type MailBudget = 'KNOWN' | 'STRANGERS';

/**
 * The budget of one more mail; undefined: it may not be sent. A known network that has spent its own budget takes from that of strangers.
 * @param perHour the mails of an hour that strangers together have sent
 */
export function budgetOf(
  counts: AskedCounts,
  { trust, lacksLink }: Pick<MailAsker, 'trust' | 'lacksLink'>,
  perHour: number,
): MailBudget | undefined {
  const perAsker = Math.ceil(perHour / 2);
  if (counts.ownHour >= perAsker || counts.ownDay >= hoursOfDay * perAsker) return undefined;
  if (trust === 'TOKEN') return 'KNOWN';
  if (trust === 'FAMILY' && counts.knownHour < perHour && counts.knownDay < hoursOfDay * perHour)
    return 'KNOWN';
  if (counts.strangersHour === 0 || lacksLink === true) return 'STRANGERS';
  if (counts.strangersDay >= hoursOfDay * perHour) return undefined;
  const most = counts.networkHour === 0 ? 2 * perHour : perHour;
  return counts.strangersHour < most ? 'STRANGERS' : undefined;
}

/** A hash of an asker or a network, which says nothing beside another recipient's. */
export const askerHash = (recipient: string, name: string): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([recipient, name]))
    .digest();
