/* eslint-disable */
/** How an endorsement was made. */
export type EndorsementOrigin =
  /** With an account. */
  | 'ACCOUNT'
  /** Without an account: whoever reads the mails to an address confirmed it, and chose the name. */
  | 'EMAIL'
  /** Somewhere else, and imported: this service has confirmed nobody’s identity. */
  | 'IMPORT';

export type EndorsementsFragment = { readonly endorsementCount: number, readonly endorsements: { readonly nodes: ReadonlyArray<{ readonly displayName: string, readonly sharesNameWithJournalist: boolean, readonly affiliation: string | null, readonly statement: string | null, readonly origin: EndorsementOrigin, readonly createdAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null };
