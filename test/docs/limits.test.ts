/**
 * @database none
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { maxHeaderSize } from 'node:http';
import 'reflect-metadata';
import { ClientLimits, pairOf, RateLimits } from '../../src/platform/auth/rate-limits.ts';
import type { Viewer } from '../../src/platform/auth/viewer.ts';
import { errorCodesOf } from '../../src/platform/feature/gather.ts';
import { features } from '../../src/app/features.ts';
import { maxUserErrors, requestErrorCodes } from '../../src/platform/errors/errors.ts';
import { maxHeadBytes, maxPagesAtOnce } from '../../src/features/articles/writing/site-pages.ts';
import { maxBodyLength, maxSignatures, maxTags } from '../../src/features/articles/article/article.texts.ts';
import { maxFilterValues } from '../../src/features/articles/reading/article-list.input.ts';
import { maxSearchLength } from '../../src/features/articles/search/article-search.resolver.ts';
import { defaultEventPageSize } from '../../src/features/articles/article/event-page.input.ts';
import { maxFramePieces, maxMessageBytes, maxMessageFrames } from '../../src/carriers/websocket/websocket.ts';
import { maxIdLength } from '../../src/carriers/websocket/socket-message.ts';
import { parseConfig, settingNames } from '../../src/platform/config/config.ts';
import { maxNodes } from '../../src/platform/graphql/node.ts';
import { defaultPageSize, maxPageSize } from '../../src/platform/graphql/page.ts';
import { maxSubscriptionVariables } from '../../src/platform/http/doors.ts';
import { maxPipelined } from '../../src/platform/http/request-turns.ts';
import { idempotencyKeyDays } from '../../src/platform/idempotency/idempotency-prune.queries.ts';
import { maxDiscussionMutes } from '../../src/features/comments/mutes/discussion-mute.queries.ts';
import { maxMutes } from '../../src/features/comments/mutes/mute.queries.ts';
import { maxEventBytes } from '../../src/platform/live/live-context.ts';
import { maxLogins } from '../../src/features/people/login/login.policy.ts';
import { maxFields, maxPairs } from '../../src/platform/operations/extent.ts';
import { maxJsonDepth, maxJsonValues } from '../../src/platform/operations/json.ts';
import {
  maxRunningOperations,
  maxRunningPoints,
  maxWaitingOperations,
} from '../../src/platform/operations/operation-slots.ts';
import { maxOperationNameLength } from '../../src/platform/operations/operation-request.ts';
import { maxPasskeys } from '../../src/features/people/passkeys/passkey.policy.ts';
import {
  maxHosts,
  maxPatterns,
  maxWordLength,
  maxWords,
  maxWordsAtOnce,
} from '../../src/features/screening/screening-settings.ts';
import { maxHostsAtOnce } from '../../src/features/screening/settings-change.ts';
import { maxLiveTokens, maxServiceAccounts } from '../../src/features/people/tokens/token.policy.ts';
import { ConventionsPage } from '../support/conventions-page.ts';
import { defaultOf } from '../support/default-setting.ts';

const day = 86_400_000;

/** The limits that are no settings, by the beginning of their rows; times in milliseconds. */
const fixed: Readonly<Record<string, number>> = {
  'address and headers of a request': maxHeaderSize,
  'levels of a request’s JSON': maxJsonDepth,
  'values in a request’s JSON': maxJsonValues,
  'characters of `operationName`': maxOperationNameLength,
  'fields, fragments expanded': maxFields,
  '[pairs]': maxPairs,
  'characters of a subscription’s variables': maxSubscriptionVariables,
  [`items of a page; without a number ${defaultPageSize}`]: maxPageSize,
  [`events of a page; without a number ${defaultEventPageSize}`]: maxPageSize,
  'ids of `nodes`': maxNodes,
  'values of one condition of `articles`': maxFilterValues,
  'characters of a `search`': maxSearchLength,
  'operations that run at once': maxRunningOperations,
  'points of operations that run at once': maxRunningPoints,
  'operations that wait': maxWaitingOperations,
  '`userErrors` of an answer': maxUserErrors,
  'requests that wait for their answers': maxPipelined,
  'message to a socket': maxMessageBytes,
  'frames of a message': maxMessageFrames,
  'pieces in which a frame arrives': maxFramePieces,
  'characters of an operation’s id in a socket': maxIdLength,
  event: maxEventBytes,
  'time for which an idempotency key is remembered': idempotencyKeyDays * day,
  'characters of an article’s text': maxBodyLength,
  tags: maxTags,
  signatures: maxSignatures,
  'bytes in which the head of a page': maxHeadBytes,
  'pages of one site': maxPagesAtOnce,
  passkeys: maxPasskeys,
  'logins of other sites': maxLogins,
  'machine tokens': maxLiveTokens,
  'service accounts': maxServiceAccounts,
  'muted people': maxMutes,
  'muted articles, muted threads': maxDiscussionMutes,
  'hosts in a list of the moderation settings': maxHosts,
  'hosts that one change of the settings adds or removes': maxHostsAtOnce,
  'moderation words': maxWords,
  'patterns among moderation words': maxPatterns,
  'characters of a moderation word': maxWordLength,
  'moderation words that one mutation adds or removes': maxWordsAtOnce,
};

/** Limits that divide a node's memory, database and processor among all clients: no request meets one by itself. */
const ofTheNode = [
  'MAX_HELD_BYTES',
  'MAX_LIVE_TAIL_BYTES',
  'MAX_LIVE_TAIL_EVENTS',
  'MAX_WAITING_PASSWORD_HASHES',
  'MAX_WAITING_STATEMENTS_PER_CLIENT',
  'MAX_WRITERS_PER_ARTICLE',
];

/** The default of a setting; times in milliseconds. */
function defaultInMs(setting: string): number {
  const units = { _SECONDS: 1000, _HOURS: 3_600_000, _DAYS: 86_400_000 };
  const unit = Object.entries(units).find(([ending]) => setting.endsWith(ending));
  return Number(defaultOf(setting)) * (unit?.[1] ?? 1);
}

/** `RateLimit-Policy` of a node with these settings. */
const policiesWith = (env: Record<string, string>): string[] =>
  new RateLimits(parseConfig(env)).policyField.split(', ');

const address = '192.0.2.1';
const account: Viewer = {
  accountId: '1',
  sessionId: '1',
  name: 'Rea Example',
  roles: ['READER'],
  suspended: false,
  unconfirmed: false,
};
const moderator: Viewer = { ...account, roles: ['MODERATOR'] };
const program: Viewer = { ...account, token: { id: '1', scopes: new Set(), isService: false } };

/** Who is counted under a key. */
function countedBy(key: string): string {
  if (key === address || key === `address:${address}`) return 'address';
  if (key === pairOf('rea@example.org', address)) return 'account and address';
  return key.startsWith('token:') ? 'token' : 'account';
}

describe('the limits of docs/conventions.md', () => {
  let page: ConventionsPage;

  beforeAll(async () => {
    page = await ConventionsPage.read();
  });

  it('have the policies as the header field reports them, in its order', () => {
    const seconds: Readonly<Record<string, number>> = { minute: 60, hour: 3600 };
    const told = page
      .limits()
      .filter(({ policy }) => policy !== undefined)
      .map(({ policy, number, window }) => `"${policy}";q=${number};w=${seconds[window]}`);
    expect(told).toEqual(policiesWith({}));
  });

  it('name the setting that changes each policy', () => {
    const usual = policiesWith({});
    const policies = page.limits().filter(({ policy }) => policy !== undefined);
    const changed = policies.map(({ setting = '', number }) => {
      const policiesNow = policiesWith({ [setting]: String(number + 1) });
      return policiesNow.filter((policy) => !usual.includes(policy)).map((policy) => policy.split('"')[1]);
    });
    expect(changed).toEqual(policies.map(({ policy }) => [policy]));
  });

  it('say who is counted by each policy', async () => {
    const rates = new RateLimits(parseConfig({}));
    const counted = new Map<string, Set<string>>();
    rates.observe({
      taken: (policy, key) =>
        void counted.set(policy, (counted.get(policy) ?? new Set<string>()).add(countedBy(key))),
      learned: () => undefined,
      recognised: () => undefined,
    });
    const limitsOf = (viewer: Viewer | null) => new ClientLimits(rates, { viewer, address });
    for (const viewer of [null, account, program]) {
      await limitsOf(viewer).spend(1);
      await limitsOf(viewer).useDocument(1);
    }
    for (const viewer of [account, moderator, program]) await limitsOf(viewer).useWrite();
    for (const policy of ['sign-ups', 'refreshes', 'password-resets'] as const)
      await limitsOf(null).use(policy);
    await limitsOf(null).useSignIn('rea@example.org');
    await limitsOf(account).useExport();
    await limitsOf(account).usePicture();
    await limitsOf(program).useNewThread(program);
    await limitsOf(program).useReport(program);
    // The gate counts requests, by address, before there is a viewer.
    const told = page.limits().filter(({ policy }) => policy !== undefined && policy !== 'requests');
    expect(Object.fromEntries(told.map(({ policy, by }) => [policy, by.split(/, | or /).sort()]))).toEqual(
      Object.fromEntries([...counted].map(([policy, by]) => [policy, [...by].sort()])),
    );
  });

  it('have the defaults of their settings, and leave out no setting of a limit', () => {
    const told = page.limits().flatMap(({ setting, number }) => (setting ? [{ setting, number }] : []));
    expect(told).toEqual(told.map(({ setting }) => ({ setting, number: defaultInMs(setting) })));
    const named = new Set(told.map(({ setting }) => setting));
    const missing = settingNames.filter((name) => name.startsWith('MAX_') && !named.has(name));
    expect(missing.sort()).toEqual(ofTheNode);
  });

  it('have the numbers of the code where there is no setting', () => {
    const beginnings = Object.keys(fixed).sort((a, b) => b.length - a.length);
    const beginOf = (what: string): string => beginnings.find((begin) => what.startsWith(begin)) ?? what;
    const told = page.limits().filter(({ setting }) => setting === undefined);
    expect(told.map(({ what, number }) => [beginOf(what), number])).toEqual(Object.entries(fixed));
  });

  it('refuse with codes that exist', () => {
    const codes = page.limits().flatMap(({ beyond }) => /^`([A-Z_]+)`/.exec(beyond)?.[1] ?? []);
    expect(codes.length).toBeGreaterThan(40);
    const known = { ...requestErrorCodes, ...errorCodesOf(features) };
    expect(codes.filter((code) => !(code in known))).toEqual([]);
  });
});
