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
import {
  actorOf,
  type ModerationLog,
  type NewModerationEvent,
} from '../../../platform/screening/moderation-log.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  decisionsAbout,
  isSanctionEnd,
  maxSanctionYears,
  type PersonFacts,
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

/** @throws Refusal FORBIDDEN, ACCOUNT_SUSPENDED */
function requireSanctioner(viewer: Viewer, person: PersonFacts): void {
  const refusal = refusalToSanction(viewer, person);
  if (refusal) throw new Refusal(refusal, refusal === 'FORBIDDEN' ? ['personId'] : undefined);
}

/**
 * Locks the account that a viewer decides about. Whoever may not moderate does not learn whether there is such an account.
 * @throws Refusal NOT_FOUND, FORBIDDEN, ACCOUNT_SUSPENDED
 */
export async function lockPerson(tx: Tx, viewer: Viewer, personId: string): Promise<SanctionedAccountRow> {
  const account = await lockSanctioned(tx, personId);
  requireSanctioner(viewer, account ?? { id: personId, roles: [] });
  if (!account) throw new Refusal('NOT_FOUND', ['personId']);
  return account;
}

/** A decision about an account, what it does, and who learns of it. */
interface PersonDecision extends Omit<NewDecision, 'actor' | 'subjectId'> {
  readonly carryOut: (decisionId: string) => Promise<void>;
  /** The notification of the account. */
  readonly tells: 'ACCOUNT_SUSPENDED' | 'ACCOUNT_PREMODERATED' | 'SANCTION_LIFTED' | 'COMMENTS_REMOVED';
  /** The event that tells moderators. */
  readonly event: Pick<NewModerationEvent, 'kind' | 'detail'>;
}

/** Who decides about which account. */
interface PersonScope {
  readonly viewer: Viewer;
  readonly personId: string;
  readonly before?: typeof lockAdministrators | undefined;
}

/**
 * Decides about an account in one transaction. Whoever may decide about nobody is refused before anything is locked: otherwise
 * everybody could hold up what others do about a person.
 * @param plan locks the account (`lockPerson`); returns the decision, or the id of the one that is repeated, if that is known
 * @returns the id of the decision
 */
export const decideAboutPerson = <Repeated extends string | undefined>(
  { db, inbox, moderationLog }: SanctionServiceOptions,
  { viewer, personId, before }: PersonScope,
  plan: (tx: Tx) => Promise<PersonDecision | Repeated>,
): Promise<Result<string | Repeated>> =>
  refusable(() => {
    requireSanctioner(viewer, { id: personId, roles: [] });
    return db.transactionFor({ viewer, before, subject: accountSubject(personId) }, async (tx) => {
      const planned = await plan(tx);
      if (typeof planned !== 'object') return planned;
      const { carryOut, tells, event, ...decision } = planned;
      const about = { actor: actorOf(viewer), subjectId: personId };
      const decisionId = await insertDecision(tx, { ...about, ...decision });
      await carryOut(decisionId);
      await inbox.add(tx, [{ accountId: personId, kind: tells, subjectId: decisionId }]);
      const { kind, reason } = decision;
      const detail = { decision: kind, ...event.detail };
      await moderationLog.appendLast(tx, [{ ...about, kind: event.kind, decisionId, reason, detail }]);
      return decisionId;
    });
  });

/** @throws Refusal LAST_ADMINISTRATOR if the account is the last administrator who may act; others wait for `lockAdministrators` */
async function requireOtherAdministrator(tx: Tx, { id, roles }: SanctionedAccountRow): Promise<void> {
  if (roles.includes('ADMINISTRATOR') && !(await hasOtherAdministrator(tx, id)))
    throw new Refusal('LAST_ADMINISTRATOR', ['personId']);
}

/** Sanctions of accounts. Each command is one transaction; repeating one changes nothing. */
export class SanctionService {
  constructor(private readonly options: SanctionServiceOptions) {}

  /** Suspends, bans or premoderates an account, in place of the sanction of the same kind that it has. */
  sanction(viewer: Viewer, command: SanctionCommand): Promise<Result<string>> {
    const { kind: decision, personId, until, reason } = command;
    const before = decision === 'PREMODERATED' ? undefined : lockAdministrators;
    return this.#decide({ viewer, personId, before }, async (tx) => {
      const note = keptNote(command.note, 'note');
      if (until !== null && !isSanctionEnd(until, this.options.clock.now()))
        throw new Refusal(
          'INVALID_INPUT',
          ['until'],
          `The end has to be a time to come, at most ${maxSanctionYears} years from now.`,
        );
      const kind = decision === 'PREMODERATED' ? 'PREMODERATION' : 'SUSPENSION';
      const account = await lockPerson(tx, viewer, personId);
      if (await isRepeated(tx, account, { kind: decision, until, reason, note })) return undefined;
      if (kind === 'SUSPENSION') await requireOtherAdministrator(tx, account);
      return {
        kind: decision,
        reason,
        note,
        until,
        before: { account: { ...keptOf(account, kind) } },
        carryOut: (decisionId) => beginSanction(tx, personId, kind, { until, decisionId }),
        tells: kind === 'SUSPENSION' ? 'ACCOUNT_SUSPENDED' : 'ACCOUNT_PREMODERATED',
        event: { kind: 'SANCTIONED', detail: { until: until?.toISOString() ?? null } },
      };
    });
  }

  /** Ends a sanction before its time, or one without an end. */
  lift(viewer: Viewer, { personId, kind, note: given }: LiftCommand): Promise<Result<string>> {
    return this.#decide({ viewer, personId }, async (tx) => {
      const note = keptNote(given, 'note');
      const account = await lockPerson(tx, viewer, personId);
      if (!stands(account, kind)) return undefined;
      return {
        kind: kind === 'SUSPENSION' ? 'SUSPENSION_LIFTED' : 'PREMODERATION_LIFTED',
        note,
        before: { account: { ...keptOf(account, kind) } },
        carryOut: () => updateSanction(tx, personId, kind, none),
        tells: 'SANCTION_LIFTED',
        event: { kind: 'SANCTION_LIFTED' },
      };
    });
  }

  /** @returns the account's id */
  async #decide(
    scope: PersonScope,
    plan: (tx: Tx) => Promise<PersonDecision | undefined>,
  ): Promise<Result<string>> {
    const result = await decideAboutPerson(this.options, scope, plan);
    return result.ok ? { ok: true, value: scope.personId } : result;
  }
}

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

/** Whether the sanction of a decision is over and none of its kind has replaced it, so that nothing is left to undo. */
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
