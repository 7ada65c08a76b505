/**
 * What a machine token may do, in the order in which it is shown. A scope never gives a right that the account of the token does
 * not have. Its description in the schema lists the operations that it opens: `describeScopes` of `graphql/scope-descriptions.ts`.
 */
export const scopes = ['READ', 'COMMENT', 'ENDORSE', 'FUND', 'PUBLISH', 'MODERATE', 'ADMINISTER'] as const;

export type Scope = (typeof scopes)[number];
