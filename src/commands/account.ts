import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import {
  AccountAdminService,
  type PasswordLink,
  requireAccount,
} from '../features/people/credentials/account-admin.service.ts';
import type { AdministeredAccountRow } from '../features/people/credentials/account-admin.queries.ts';
import { type Role, roles } from '../platform/auth/viewer.ts';
import { type CommandContext, linksOf, runCommand, UsageError, withDatabase } from './command.ts';
import { commandLine } from '../platform/config/command-line.ts';
import type { Config } from '../platform/config/config.ts';
import { features } from '../app/features.ts';
import { erasuresOf } from '../platform/feature/gather.ts';
import { ErasureService } from '../features/people/erasure/erasure.service.ts';
import { personalDocument } from '../features/people/erasure/personal-data.ts';
import { Refusal } from '../platform/errors/errors.ts';
import { linkByline } from '../features/articles/journalist/byline.service.ts';
import { type ModerationReason, moderationReasons } from '../platform/screening/moderation-event-kinds.ts';
import { systemClock } from '../platform/time/clock.ts';
import { removePasskeysOf } from '../features/people/passkeys/passkey-admin.service.ts';
import { revokeTokensOf } from '../features/people/tokens/token-admin.service.ts';

const usage = `Usage: ${commandLine('account', 'COMMAND …')}

  create EMAIL [--role ROLE]… [--name NAME] [--password-stdin]
                        makes an account, and prints a link by which its owner chooses a password; with
                        --password-stdin, its password is the first line of the standard input
  password-link EMAIL   prints a link to another password, for an owner who has lost theirs
  list [--role ROLE] [--after EMAIL] [--limit N]
                        accounts by address, 100 at a time (at most 1000)
  grant EMAIL ROLE      gives a role
  revoke EMAIL ROLE     takes a role away
  byline EMAIL SLUG [--name NAME]
                        links an account to the byline under which it publishes; makes the byline if it is missing
  suspend EMAIL [--until TIME] [--reason REASON]
                        it may read and not write, until a time (2030-01-31T12:00Z) or for good;
                        unsuspend EMAIL ends that
  sign-out EMAIL        ends all its sessions;   revoke-tokens EMAIL revokes all its machine tokens
  remove-passkeys EMAIL removes its passkeys and recovery codes and ends its sessions, if both are lost
  data EMAIL            writes all that the service holds of an account, as JSON, to the standard output
  erase EMAIL           for good: address, name and sessions go, comments stay without a name, reactions and endorsements go

A service account is named by its address, service:HANDLE, in place of EMAIL.
Roles: ${roles.join(', ')}. Reasons: ${moderationReasons.join(', ')}.
Roles and suspensions count from the account's next request on.
Exit code: 0 done, 1 refused or failed, 2 wrongly called.
`;

const options = {
  role: { type: 'string', multiple: true },
  name: { type: 'string' },
  after: { type: 'string' },
  limit: { type: 'string' },
  until: { type: 'string' },
  reason: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

/** One command: the arguments and options that it takes, and its work, which returns the text to print. */
interface Command {
  readonly takes: readonly string[];
  readonly options?: readonly (keyof Values)[];
  /** Checks the arguments before any database is opened. @throws UsageError */
  prepare(args: readonly string[], values: Values): Promise<Run> | Run;
}

type Run = (accounts: AccountAdminService, context: CommandContext) => Promise<string>;

function requireRole(word: string): Role {
  const role = roles.find((each) => each === word.toUpperCase());
  if (role === undefined) throw new UsageError(`Unknown role: ${word}`);
  return role;
}

function requireReason(word: string): ModerationReason {
  const reason = moderationReasons.find((each) => each === word.toUpperCase());
  if (reason === undefined) throw new UsageError(`Unknown reason: ${word}`);
  return reason;
}

function requireTime(text: string): Date {
  const time = new Date(text);
  // Without a zone the time would depend on the machine.
  if (Number.isNaN(time.getTime()) || !/(Z|[+-]\d\d:\d\d)$/.test(text))
    throw new UsageError('--until takes a time with its zone, such as 2030-01-31T12:00Z');
  return time;
}

function requireLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 1000) throw new UsageError('--limit takes 1 to 1000');
  return limit;
}

/** The first line of a stream; a password is short, so that endless input is cut. */
async function readLine(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += chunk.toString();
    if (text.includes('\n') || text.length > 10_000) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/**
 * A name for an account without one. It is public beside comments and must not be made from the address, so it is made
 * from the highest role.
 */
function nameOf(given: readonly Role[]): string {
  const role = roles.findLast((each) => given.includes(each)) ?? 'READER';
  return role.charAt(0) + role.slice(1).toLowerCase();
}

function lineOf({ email, name, roles: has, suspended, journalistSlug }: AdministeredAccountRow): string {
  const notes = [
    has.join(' '),
    name,
    ...(journalistSlug === null ? [] : [`byline ${journalistSlug}`]),
    ...(suspended ? ['suspended'] : []),
  ];
  return [email, ...notes].join('\t');
}

/** Says where an account's owner chooses a password, on the site's page. */
function offer({ token, expiresAt }: PasswordLink, config: Config): string {
  const url = linksOf(config).resetPassword(token);
  return `Its owner chooses a password here, once, until ${expiresAt.toISOString()}: ${url}`;
}

/** A command on one account, whose only argument is the account's address. */
const onAccount = (work: (email: string, ...rest: Parameters<Run>) => Promise<string>): Command => ({
  takes: ['EMAIL'],
  prepare:
    ([email = '']) =>
    (...rest) =>
      work(email, ...rest),
});

const commands: Readonly<Record<string, Command>> = {
  create: {
    takes: ['EMAIL'],
    options: ['role', 'name', 'password-stdin'],
    prepare: async ([email = ''], values) => {
      const given = (values.role ?? []).map(requireRole);
      const isGiven = values['password-stdin'] === true;
      const password = isGiven ? await readLine(process.stdin) : undefined;
      return async (accounts, { config }) => {
        const name = values.name ?? nameOf(given);
        const link = await accounts.create({ email, roles: given, password, name });
        return link ? `Made ${email}. ${offer(link, config)}` : `Made ${email}.`;
      };
    },
  },
  'password-link': onAccount(async (email, accounts, { config }) =>
    offer(await accounts.passwordLink(email), config),
  ),
  list: {
    takes: [],
    options: ['role', 'after', 'limit'],
    prepare: (_, { role: [role, ...more] = [], after, limit: text = '100' }) => {
      if (more.length > 0) throw new UsageError('list takes one --role');
      const [wanted, limit] = [role === undefined ? undefined : requireRole(role), requireLimit(text)];
      return async (accounts) => {
        const rows = await accounts.list({ role: wanted, after: after?.toLowerCase(), limit });
        const lines = rows.slice(0, limit).map(lineOf);
        const last = rows[limit - 1]?.email;
        return [...lines, ...(rows.length > limit ? [`There are more: --after ${last}`] : [])].join('\n');
      };
    },
  },
  grant: {
    takes: ['EMAIL', 'ROLE'],
    prepare: ([email = '', word = '']) => {
      const role = requireRole(word);
      return async (accounts) => `${email} is ${(await accounts.grant(email, role)).join(', ')}.`;
    },
  },
  revoke: {
    takes: ['EMAIL', 'ROLE'],
    prepare: ([email = '', word = '']) => {
      const role = requireRole(word);
      return async (accounts) => `${email} is ${(await accounts.revoke(email, role)).join(', ')}.`;
    },
  },
  byline: {
    takes: ['EMAIL', 'SLUG'],
    options: ['name'],
    prepare:
      ([email = '', slug = ''], { name }) =>
      async (_, { db }) => {
        const said = { linked: 'linked to', made: 'linked to the new', unchanged: 'linked already to' };
        return `${email} is ${said[await linkByline(db, { email, slug, name })]} byline ${slug}.`;
      },
  },
  suspend: {
    takes: ['EMAIL'],
    options: ['until', 'reason'],
    prepare: ([email = ''], { until: time, reason: word }) => {
      const until = time === undefined ? null : requireTime(time);
      const reason = word === undefined ? null : requireReason(word);
      return async (accounts) => {
        await accounts.suspend(email, { until, reason });
        return until ? `${email} is suspended until ${until.toISOString()}.` : `${email} is suspended.`;
      };
    },
  },
  unsuspend: onAccount(async (email, accounts) => {
    await accounts.unsuspend(email);
    return `${email} is not suspended.`;
  }),
  'sign-out': onAccount(
    async (email, accounts) => `${email} is signed out, of ${await accounts.signOut(email)} session(s).`,
  ),
  'revoke-tokens': onAccount(
    async (email, _, { db }) =>
      `${email} has no token any more: ${await revokeTokensOf(db, email, systemClock)} token(s) revoked.`,
  ),
  'remove-passkeys': onAccount(
    async (email, _, { db }) =>
      `${email} has no passkey any more: ${await removePasskeysOf(db, email, systemClock)} passkey(s) removed.`,
  ),
  data: onAccount(async (email, _, { db }) => {
    const { id } = await db.transaction((tx) => requireAccount(tx, email));
    const kinds = features.flatMap(({ personalData }) => personalData);
    await pipeline(personalDocument(kinds, db, id), process.stdout, { end: false });
    return '';
  }),
  erase: onAccount(async (email, _, { db, log, config }) => {
    const erasures = erasuresOf(features, config);
    const { rows, articles } = await new ErasureService({ db, log, erasures }).erase(email, 'OPERATOR');
    const { comments = 0, endorsements = 0 } = rows;
    return (
      `${email} is erased: ${comments} comment(s) without a name and ${endorsements} endorsement(s) withdrawn, ` +
      `on ${articles} article(s).`
    );
  }),
};

function requireCommand(word: string | undefined, args: readonly string[], values: Values): Command {
  const command = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (word === undefined || !command) {
    throw new UsageError(word === undefined ? 'Which COMMAND?' : `Unknown command: ${word}`);
  }
  if (args.length !== command.takes.length)
    throw new UsageError(`${word} takes ${command.takes.join(' ') || 'no argument'}.`);
  const foreign = Object.keys(values).find((name) => !command.options?.some((option) => option === name));
  if (foreign !== undefined) throw new UsageError(`${word} takes no --${foreign}.`);
  return command;
}

await runCommand(async (given) => {
  const { positionals, values } = parseArgs({ args: [...given], allowPositionals: true, options });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [word, ...args] = positionals;
  const run = await requireCommand(word, args, values).prepare(args, values);
  try {
    const said = await withDatabase((context) =>
      run(new AccountAdminService(context.db, systemClock, context.moderationLog), context),
    );
    if (said !== '') process.stdout.write(`${said}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}, usage);
