/**
 * What a machine token may do, each scope with its description in the schema. A scope never gives a right that the
 * account of the token does not have.
 */
export const scopeDescriptions = {
  READ: 'Read what the account may read, and listen to it.',
  COMMENT: 'Write, edit and remove comments of the account, and react.',
  ENDORSE: 'Endorse articles, and withdraw endorsements.',
  FUND: 'Pledge, change and withdraw pledges, and read the account’s own.',
  PUBLISH: 'Write, publish and unpublish articles, and run their campaigns.',
  MODERATE:
    'Read the moderation queue, decide about comments and remove those of others, and set who may comment.',
  ADMINISTER: 'Suspend campaigns, refund pledges, pay out, and list service accounts.',
} as const;

export type Scope = keyof typeof scopeDescriptions;

/** All scopes, in the order in which they are shown. */
export const scopes = Object.keys(scopeDescriptions) as readonly Scope[];
