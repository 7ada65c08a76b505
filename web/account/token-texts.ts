import { isolated } from '../../src/platform/text/direction.ts';
import type { Role, TokenScope } from '../graphql/generated/graphql.ts';

/** The texts of machine tokens and service accounts. */
export const tokenTexts = {
  title: 'Programs',
  hint: 'A token lets a program act for your account: a bot, a script, a page of statistics. It can do what you permit here, and never more than you can yourself.',
  make: 'Make a token',
  making: 'Making …',
  name: 'Name of the token',
  nameHint: 'By which you know it later, such as that of the program.',
  scopes: 'What it may do',
  days: 'Valid for',
  daysOf: (days: number) => (days === 365 ? 'a year' : `${days} days`),
  made: (name: string) =>
    `The token is made: ${isolated(name)}. Copy it now, as it is not shown again. Whoever has it can do what you have permitted.`,
  secret: 'The new token',
  copy: 'Copy',
  copied: 'Copied.',
  notCopied: 'Not copied: mark it and copy it yourself.',
  expires: 'expires on',
  expired: 'Expired',
  revoked: 'Revoked',
  neverUsed: 'never used',
  lastUsed: 'last used',
  boundTo: (count: number) => (count === 1 ? 'One operation only' : `${count} operations only`),
  revoke: 'Revoke',
  revokeOf: (name: string) => `Revoke the token: ${isolated(name)}`,
  endsWithIt: (names: readonly string[]) =>
    names.length === 1
      ? `This webhook ends with it: ${names[0]}`
      : `These webhooks end with it: ${names.join(' · ')}`,
  revokeQuestion: (names: readonly string[]) =>
    `The token has made webhooks that end with it, unless an administrator keeps them: ${names.join(' · ')}`,
  revokeKeep: 'Do not revoke it',
  wasRevoked: (name: string) => `The token is revoked, and what used it has ended: ${isolated(name)}`,
  ended: 'Revoked and expired tokens',
  servicesTitle: 'Service accounts',
  servicesHint:
    'Accounts that no person signs in to, for programs of the site. They act by their tokens, and comment under their own names. Only administrators see this.',
  noServices: 'There are none.',
  tokensOf: (name: string) => `Tokens of ${isolated(name)}`,
  makeService: 'Make a service account',
  serviceName: 'Name of the account',
  serviceNameHint: 'Shown with what it writes.',
  roles: 'Its roles, beside that of a reader',
  serviceMade: (name: string) =>
    `The service account is made: ${isolated(name)}. It acts by tokens: make one below its name.`,
  scopeNames: {
    READ: 'Read what the account may read',
    COMMENT: 'Write, edit and remove comments, and react',
    ENDORSE: 'Endorse articles, and withdraw endorsements',
    FUND: 'Pledge, and read the account’s own pledges',
    PUBLISH: 'Write, publish and unpublish articles, and run their campaigns',
    MODERATE: 'Decide about comments, remove those of others, and set who may comment',
    ADMINISTER: 'Suspend campaigns, refund pledges, send events to endpoints, and list service accounts',
  } satisfies Record<TokenScope, string>,
  roleNames: {
    JOURNALIST: 'Journalist',
    MODERATOR: 'Moderator',
    EDITOR: 'Editor',
    ADMINISTRATOR: 'Administrator',
  } satisfies Record<Exclude<Role, 'READER'>, string>,
};
