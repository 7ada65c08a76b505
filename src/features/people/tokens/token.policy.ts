import { hasRole, hasScope, type Viewer } from '../../../platform/auth/viewer.ts';

/** Most tokens of one account that are neither revoked nor expired. */
export const maxLiveTokens = 20;

/** Most revoked and expired tokens of one account that are kept: making a further token removes the oldest ones. */
export const maxEndedTokens = 30;

export const maxServiceAccounts = 50;

export const maxTokenDays = 366;

/** Most documents that a token is bound to. */
export const maxTokenDocuments = 50;

/** Most characters of a document's id: a SHA-256 in hexadecimal digits behind `sha256:`. */
export const maxDocumentIdLength = 71;

/** The account that a token belongs to. */
export interface TokenOwner {
  readonly accountId: string;
  readonly isService: boolean;
}

/** Whether a viewer may list service accounts: administrators who are not suspended. */
export const canSeeServiceAccounts = (viewer: Viewer | null): boolean =>
  hasRole(viewer, 'ADMINISTRATOR') && viewer?.suspended === false && hasScope(viewer, 'ADMINISTER');

/** Whether a viewer may see and revoke the tokens of an account: their own, and administrators those of service accounts. */
export const canManageTokens = (owner: TokenOwner, viewer: Viewer | null): boolean =>
  viewer !== null &&
  viewer.token === undefined &&
  (viewer.accountId === owner.accountId || (owner.isService && canSeeServiceAccounts(viewer)));
