import { commandLine } from '../platform/config/command-line.ts';
import {
  mostNoticeAttempts,
  selectFailedNotices,
} from '../features/funding/collection/funding-work.queries.ts';
import { selectBalances } from '../features/funding/ledger/ledger.queries.ts';
import { formatMoney, majorUnits, requireCurrency } from '../features/funding/money/money.ts';
import { type PayerLine, selectPayers } from '../features/funding/pledge/payer.queries.ts';
import { openProvider } from '../features/funding/provider/open-provider.ts';
import { accountsOf, reconcile } from '../features/funding/reconciliation/reconcile.ts';
import { type LedgerLine, selectLedgerLines } from '../features/funding/reconciliation/reconcile.queries.ts';
import type { Provider } from '../platform/payments/provider.ts';
import { systemClock } from '../platform/time/clock.ts';
import { type CommandContext, runCommand, UsageError, withDatabase } from './command.ts';

const usage = `Usage: ${commandLine('funding', 'reconcile')}
       ${commandLine('funding', 'payouts')}
       ${commandLine('funding', 'notices')}
       ${commandLine('funding', 'export')}
       ${commandLine('funding', 'payers')}

  reconcile  compares the totals, the ledger and the payment provider with each other, for all campaigns in the
             provider's mode, and lists every difference, also what only the provider has. What is under way may be
             one: run it again then.
  payouts    lists what each campaign has collected, less fees, what is disputed and what was paid out: what it holds.
  notices    lists notices of the provider that could not be processed. After ${mostNoticeAttempts} attempts a notice is given up.
  export     writes the entries of all ledgers as CSV, for accountants. With npm, "npm run --silent funding" keeps npm's
             own lines out of the output.
  payers     writes all payments with the names and e-mail addresses of those who made them as CSV, for accountants alone:
             also of accounts that were erased, for FUNDING_RETAIN_DAYS after the payment.

The provider is that of the settings: Stripe with STRIPE_SECRET_KEY, or else the test provider.

Exit code: 0 done, 1 failed or with differences, 2 wrongly called.
`;

type Command = (context: CommandContext, provider: Provider) => Promise<number>;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const compare: Command = async ({ db }, provider) => {
  let count = 0;
  for await (const { slug, text } of reconcile(db, provider)) {
    count += 1;
    print(`${slug ?? 'no campaign'}: ${text}`);
  }
  let campaigns = 0;
  for await (const _ of accountsOf(db, provider.testMode)) campaigns += 1;
  // A run on an empty database finds nothing either.
  print(
    `${count === 1 ? '1 difference' : `${count} differences`} in ${campaigns === 1 ? '1 campaign' : `${campaigns} campaigns`}`,
  );
  return count === 0 ? 0 : 1;
};

/** Most notices that are listed. */
const mostNotices = 1000;

const notices: Command = async ({ db }) => {
  const failed = await selectFailedNotices(db, mostNotices);
  for (const { id, kind, objectRef, receivedAt, attempts } of failed)
    print(
      `${id}: ${kind.toLowerCase()} ${objectRef}, of ${receivedAt.toISOString()}, ` +
        (attempts >= mostNoticeAttempts ? `given up after ${attempts} attempts` : `${attempts} attempts`),
    );
  print(
    failed.length === 1
      ? '1 notice could not be processed'
      : `${failed.length} notices could not be processed`,
  );
  return failed.length === 0 ? 0 : 1;
};

const payouts: Command = async ({ db }, { testMode }) => {
  if (testMode) print('Test mode: no money moves.');
  for await (const { articleId, slug, currency: code, collected, paidOut } of accountsOf(db, testMode)) {
    const currency = requireCurrency(code, []);
    const {
      CAMPAIGN: held,
      PROVIDER_FEES: fees,
      DISPUTED: disputed,
      SITE: site,
    } = await selectBalances(db, articleId);
    const show = (minorUnits: bigint): string => formatMoney({ minorUnits, currency });
    print(
      `${slug}: collected ${show(collected)}, fees ${show(fees)}, disputed ${show(disputed)}, ` +
        `borne by the site ${show(-site)}, paid out ${show(paidOut)}, holds ${show(held)}`,
    );
  }
  return 0;
};

const ledgerColumns = [
  'article',
  'test_mode',
  'transaction',
  'kind',
  'occurred_at',
  'account',
  'pseudonym',
  'amount',
  'currency',
  'provider_id',
] as const;

const payerColumns = [
  'article',
  'test_mode',
  'paid_at',
  'pseudonym',
  'name',
  'email',
  'retain_until',
  'amount',
  'given_back',
  'lost',
  'currency',
  'provider_id',
] as const;

/** A field of CSV (RFC 4180). A text that a spreadsheet would take for a formula, and that is no number, gets an apostrophe. */
function field(text: string): string {
  const safe = /^[=+@\t\r-]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function printRow(values: readonly string[]): void {
  process.stdout.write(`${values.map(field).join(',')}\r\n`);
}

function printLedgerLine(line: LedgerLine): void {
  const currency = requireCurrency(line.currency, []);
  printRow([
    line.slug,
    String(line.testMode),
    String(line.sequence),
    line.kind,
    line.occurredAt.toISOString(),
    line.account,
    line.pseudonym ?? '',
    majorUnits({ minorUnits: BigInt(line.minorUnits), currency }),
    currency,
    line.providerRef ?? '',
  ]);
}

function printPayer(line: PayerLine, testMode: boolean): void {
  const currency = requireCurrency(line.currency, []);
  printRow([
    line.slug,
    String(testMode),
    line.paidAt.toISOString(),
    line.pseudonym,
    line.name ?? '',
    line.email ?? '',
    line.retainUntil?.toISOString() ?? '',
    ...[line.minorUnits, line.refunded, line.lost].map((units) =>
      majorUnits({ minorUnits: BigInt(units), currency }),
    ),
    currency,
    line.providerRef ?? '',
  ]);
}

const writeExport: Command = async ({ db }, { testMode }) => {
  printRow(ledgerColumns);
  for await (const { articleId } of accountsOf(db, testMode))
    for (const line of await selectLedgerLines(db, articleId)) printLedgerLine(line);
  return 0;
};

const writePayers: Command = async ({ db }, { testMode }) => {
  printRow(payerColumns);
  for await (const { articleId } of accountsOf(db, testMode))
    for (const line of await selectPayers(db, articleId)) printPayer(line, testMode);
  return 0;
};

const commands: Readonly<Record<string, Command>> = {
  reconcile: compare,
  payouts,
  notices,
  export: writeExport,
  payers: writePayers,
};

/** Runs a command with the provider of the settings. */
async function withProvider(command: Command, context: CommandContext): Promise<number> {
  const opened = await openProvider(context.config, {
    databaseUrl: context.databaseUrl,
    // Nothing is signed here, and no notice is sent.
    sessionSecret: context.config.sessionSecret ?? '',
    clock: systemClock,
    webhookUrl: () => undefined,
    siteUrl: () => undefined,
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  if (!opened) {
    process.stderr.write(
      'There is no funding: set STRIPE_SECRET_KEY, or FUNDING=auto outside of production.\n',
    );
    return 1;
  }
  try {
    return await command(context, opened.provider);
  } finally {
    await opened.close();
  }
}

await runCommand(async (args) => {
  const [word = '', ...rest] = args;
  if (word === '--help' || word === '-h') {
    process.stdout.write(usage);
    return 0;
  }
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!command || rest.length > 0)
    throw new UsageError('The commands are "reconcile", "payouts", "notices", "export" and "payers".');
  return withDatabase((context) => withProvider(command, context));
}, usage);
