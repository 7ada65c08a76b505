import {
  beginSanction,
  hasOtherAdministrator,
  type KeptSanction,
  lockAdministrators,
  lockSanctioned,
  type SanctionedAccountRow,
  type SanctionKind,
  updateSanction,
} from '../../people/account/sanction.queries.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database, type Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import {
  hasLaterDecision,
  insertDecision,
  type ModerationDecisionRow,
  type NewDecision,
  selectModerationDecisions,
} from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { actorOf, type ModerationLog } from '../../../platform/screening/moderation-log.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  decisionsAbout,
  isSanctionEnd,
  maxSanctionYears,
  refusalToSanction,
  sanctionOfDecision,
} from './sanction.policy.ts';
import { keptNote } from '../../../platform/screening/decision-note.ts';

/** What is decided about an account. */
export interface SanctionCommand {
  readonly kind: 'SUSPENDED' | 'BANNED' | 'PREMODERATED';
  readonly personId: string;
  /** Null: it has no end. */
  readonly until: Date | null;
  readonly reason: ModerationReason;
  readonly note: string | null | undefined;
}

export interface LiftCommand {
  readonly personId: string;
  readonly kind: SanctionKind;
  readonly note: string | null | undefined;
}

export interface SanctionServiceOptions {
  readonly db: Database;
  readonly inbox: Inbox;
  readonly moderationLog: ModerationLog;
  readonly clock: Clock;
}

/** Each kind of sanction, as an account's row holds it. */
const keptOf = (account: SanctionedAccountRow, kind: SanctionKind): KeptSanction =>
  kind === 'SUSPENSION' ? account.suspension : account.premoderation;

const stands = (account: SanctionedAccountRow, kind: SanctionKind): boolean =>
  kind === 'SUSPENSION' ? account.isSuspended : account.isPremoderated;

/**
 * Whoever may decide about nobody is refused before anything is locked: otherwise everybody could hold up what others do about a person.
 * @throws Refusal FORBIDDEN, ACCOUNT_SUSPENDED
 */
export function requireSanctioner(viewer: Viewer, personId: string): void {
  const refusal = refusalToSanction(viewer, { id: personId, roles: [] });
  if (refusal) throw new Refusal(refusal, refusal === 'FORBIDDEN' ? ['personId'] : undefined);
}

/**
 * Locks the account that a viewer decides about. Whoever may not moderate does not learn whether there is such an account.
 * @throws Refusal NOT_FOUND, FORBIDDEN, ACCOUNT_SUSPENDED
 */
export async function lockPerson(tx: Tx, viewer: Viewer, personId: string): Promise<SanctionedAccountRow> {
  const account = await lockSanctioned(tx, personId);
  const refusal = refusalToSanction(viewer, account ?? { id: personId, roles: [] });
  if (refusal) throw new Refusal(refusal, refusal === 'FORBIDDEN' ? ['personId'] : undefined);
  if (!account) throw new Refusal('NOT_FOUND', ['personId']);
  return account;
}

/** @throws Refusal LAST_ADMINISTRATOR if the account is the last administrator who may act; others wait for `lockAdministrators` */
async function requireOtherAdministrator(tx: Tx, { id, roles }: SanctionedAccountRow): Promise<void> {
  if (roles.includes('ADMINISTRATOR') && !(await hasOtherAdministrator(tx, id)))
    throw new Refusal('LAST_ADMINISTRATOR', ['personId']);
}

/** Sanctions of accounts. Each command is one transaction; repeating one changes nothing. */
export class SanctionService {
  readonly #options: SanctionServiceOptions;

  constructor(options: SanctionServiceOptions) {
    this.#options = options;
  }

  /** Suspends, bans or premoderates an account, in place of the sanction of the same kind that it has. */
  sanction(viewer: Viewer, command: SanctionCommand): Promise<Result<string>> {
    const scope = { viewer, before: command.kind === 'PREMODERATED' ? undefined : lockAdministrators };
    return this.#decide(scope, command.personId, async (tx) => {
      const { kind: decision, until, reason } = command;
      const note = keptNote(command.note, 'note');
      if (until !== null && !isSanctionEnd(until, this.#options.clock.now()))
        throw new Refusal(
          'INVALID_INPUT',
          ['until'],
          `The end has to be a time to come, at most ${maxSanctionYears} years from now.`,
        );
      const kind = decision === 'PREMODERATED' ? 'PREMODERATION' : 'SUSPENSION';
      const account = await lockPerson(tx, viewer, command.personId);
      if (await isRepeated(tx, account, { kind: decision, until, reason, note })) return;
      if (kind === 'SUSPENSION') await requireOtherAdministrator(tx, account);
      const decisionId = await insertDecision(tx, {
        ...madeBy(viewer, account, kind),
        kind: decision,
        reason,
        note,
        until,
      });
      await beginSanction(tx, account.id, kind, { until, decisionId });
      const told = kind === 'SUSPENSION' ? 'ACCOUNT_SUSPENDED' : 'ACCOUNT_PREMODERATED';
      await this.#tell(tx, account.id, told, decisionId);
      const detail = { decision, until: until?.toISOString() ?? null };
      await this.#options.moderationLog.appendLast(tx, [
        { kind: 'SANCTIONED', actor: actorOf(viewer), subjectId: account.id, decisionId, reason, detail },
      ]);
    });
  }

  /** Ends a sanction before its time, or one without an end. */
  lift(viewer: Viewer, { personId, kind, note: given }: LiftCommand): Promise<Result<string>> {
    return this.#decide({ viewer }, personId, async (tx) => {
      const note = keptNote(given, 'note');
      const account = await lockPerson(tx, viewer, personId);
      if (!stands(account, kind)) return;
      const decision = kind === 'SUSPENSION' ? 'SUSPENSION_LIFTED' : 'PREMODERATION_LIFTED';
      const decisionId = await insertDecision(tx, {
        ...madeBy(viewer, account, kind),
        kind: decision,
        note,
      });
      await updateSanction(tx, account.id, kind, none);
      await this.#tell(tx, account.id, 'SANCTION_LIFTED', decisionId);
      await this.#options.moderationLog.appendLast(tx, [
        {
          kind: 'SANCTION_LIFTED',
          actor: actorOf(viewer),
          subjectId: account.id,
          decisionId,
          detail: { decision },
        },
      ]);
    });
  }

  async #tell(
    tx: Tx,
    accountId: string,
    kind: 'ACCOUNT_SUSPENDED' | 'ACCOUNT_PREMODERATED' | 'SANCTION_LIFTED',
    decisionId: string,
  ): Promise<void> {
    await this.#options.inbox.add(tx, [{ accountId, kind, subjectId: decisionId }]);
  }

  #decide(
    scope: { readonly viewer: Viewer; readonly before?: typeof lockAdministrators | undefined },
    personId: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<Result<string>> {
    return refusable(async () => {
      requireSanctioner(scope.viewer, personId);
      await this.#options.db.transactionFor({ ...scope, subject: accountSubject(personId) }, work);
      return personId;
    });
  }
}

const madeBy = (
  viewer: Viewer,
  account: SanctionedAccountRow,
  kind: SanctionKind,
): Pick<NewDecision, 'actor' | 'subjectId' | 'before'> => ({
  actor: actorOf(viewer),
  subjectId: account.id,
  before: { account: { ...keptOf(account, kind) } },
});

/** Whether the account has exactly this sanction. */
async function isRepeated(
  tx: Tx,
  account: SanctionedAccountRow,
  wanted: {
    kind: SanctionCommand['kind'];
    until: Date | null;
    reason: ModerationReason;
    note: string | null;
  },
): Promise<boolean> {
  const kind = wanted.kind === 'PREMODERATED' ? 'PREMODERATION' : 'SUSPENSION';
  const { decisionId } = keptOf(account, kind);
  if (!stands(account, kind) || decisionId === null) return false;
  const [present] = await selectModerationDecisions(tx, [decisionId]);
  return (
    present?.kind === wanted.kind &&
    present.until?.getTime() === wanted.until?.getTime() &&
    present.reason === wanted.reason &&
    present.note === wanted.note
  );
}

/** Whether a sanction of a decision is over, and no other one of its kind is in its place: nothing is left to undo. */
export async function isLifted(tx: Tx, decision: ModerationDecisionRow): Promise<boolean> {
  const sanction = sanctionOfDecision[decision.kind];
  if (!sanction?.begins || decision.subjectId === null) return false;
  const account = await lockSanctioned(tx, decision.subjectId);
  return account !== undefined && keptOf(account, sanction.kind).at === null;
}

const none: KeptSanction = { at: null, until: null, decisionId: null };

/** The sanction that an account had before a decision; none if that was undone since, by an appeal. */
async function sanctionBefore(tx: Tx, { before }: ModerationDecisionRow): Promise<KeptSanction> {
  const kept: KeptSanction = { ...none, ...(before?.account as Partial<KeptSanction> | undefined) };
  if (kept.decisionId === null) return kept;
  const [decision] = await selectModerationDecisions(tx, [kept.decisionId]);
  return decision?.undoneAt == null ? kept : none;
}

/**
 * Gives an account the sanction back that it had before a decision, or none. The caller has made sure that the viewer may
 * (`refusalToSanction`), has called `lockAdministrators`, marks the decision as undone, and appends the event last.
 * @returns false, and changes nothing, if another decision has replaced this one, or the account is gone
 * @throws Refusal LAST_ADMINISTRATOR
 */
export async function undoSanction(tx: Tx, inbox: Inbox, decision: ModerationDecisionRow): Promise<boolean> {
  const sanction = sanctionOfDecision[decision.kind];
  if (!sanction || decision.subjectId === null) return false;
  const { kind, begins } = sanction;
  const account = await lockSanctioned(tx, decision.subjectId);
  if (!account) return false;
  const present = keptOf(account, kind);
  if (begins ? present.decisionId !== decision.id : present.at !== null) return false;
  if (!begins && (await hasLaterDecision(tx, decision, decisionsAbout(kind)))) return false;
  const before = await sanctionBefore(tx, decision);
  if (!begins && before.at === null) return false;
  if (kind === 'SUSPENSION' && before.at !== null) await requireOtherAdministrator(tx, account);
  await updateSanction(tx, account.id, kind, before);
  inbox.announce(tx, account.id);
  return true;
}
