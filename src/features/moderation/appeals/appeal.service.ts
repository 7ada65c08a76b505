import type { DeskParts } from '../../comments/held/held-text.ts';
import { clientOf, requireModerator, type Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import {
  lockDecision,
  type ModerationDecisionRow,
  selectModerationDecisions,
} from '../../../platform/screening/moderation-decision.queries.ts';
import type { NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import { requireText } from '../../../platform/text/rules.ts';
import { isPartyTo, maxAppealLength, refusalToAppeal } from './appeal.policy.ts';
import { type AppealOutcome, insertAppeal, lockAppeal, updateAppealAnswered } from './appeal.queries.ts';
import { lockPerson } from '../sanctions/sanction.service.ts';
import { eventAbout, type UndoService } from '../decisions/undo.service.ts';
import { keptNote } from '../../../platform/screening/decision-note.ts';

interface AppealAnswer {
  readonly outcome: AppealOutcome;
  /** For the account. */
  readonly answer: string | null | undefined;
}

/** Appeals of those whom a decision is about, and their answers. */
export class AppealService {
  constructor(
    private readonly parts: Omit<DeskParts, 'log'>,
    private readonly undoing: UndoService,
  ) {}

  /** Appeals against a decision, once. Also for suspended accounts, which may say nothing else. */
  appealDecision(viewer: Viewer, decisionId: string, given: string): Promise<Result<string>> {
    return refusable(() => {
      const text = requireText(given, { field: 'text', max: maxAppealLength });
      return this.parts.db.transactionFor({ viewer, subject: 'moderation' }, async (tx) => {
        const decision = await lockDecision(tx, decisionId);
        if (!decision) throw new Refusal('NOT_FOUND', ['decisionId']);
        const refusal = refusalToAppeal(decision, viewer);
        if (refusal) throw new Refusal(refusal, ['decisionId']);
        const { accountId } = viewer;
        if (!(await insertAppeal(tx, { decisionId, accountId, text })))
          throw new Refusal('ALREADY_APPEALED', ['decisionId']);
        await this.parts.moderationLog.appendLast(tx, [eventAbout('APPEALED', viewer, decision)]);
        return decisionId;
      });
    });
  }

  /** Answers an appeal: the decision stands, or is undone. Nobody answers about a decision of their own. */
  async answerAppeal(viewer: Viewer, decisionId: string, given: AppealAnswer): Promise<Result<string>> {
    const answered = await refusable(async () => {
      requireModerator(viewer);
      const { outcome, answer: note } = given;
      const answer = { outcome, answer: keptNote(note, 'answer'), answeredBy: viewer.accountId };
      const run = (tx: Tx, decision: ModerationDecisionRow) => this.#answer(tx, viewer, decision, answer);
      if (outcome === 'OVERTURNED') return this.undoing.undoDecision(viewer, decisionId, run);
      const [found] = await selectModerationDecisions(this.parts.db.of(clientOf(viewer)), [decisionId]);
      const personId = found?.commentId === null ? found.subjectId : null;
      // Accounts are locked before decisions.
      const subject = personId === null ? 'moderation' : accountSubject(personId);
      await this.parts.db.transactionFor({ viewer, subject }, async (tx) => {
        // Who may not undo it may not let it stand for good either.
        if (personId !== null) await lockPerson(tx, viewer, personId);
        const decision = await lockDecision(tx, decisionId);
        if (!decision) throw new Refusal('NOT_FOUND', ['decisionId']);
        await this.parts.moderationLog.appendLast(tx, [await run(tx, decision)]);
      });
      return { ok: true, value: decisionId } as const;
    });
    if (!answered.ok) return answered;
    return answered.value.ok ? { ok: true, value: decisionId } : answered.value;
  }

  /** @throws Refusal NOT_FOUND, FORBIDDEN, ALREADY_DECIDED, WRONG_STATUS */
  async #answer(
    tx: Tx,
    viewer: Viewer,
    decision: ModerationDecisionRow,
    answer: { outcome: AppealOutcome; answer: string | null; answeredBy: string },
  ): Promise<NewModerationEvent> {
    const appeal = await lockAppeal(tx, decision.id);
    if (!appeal) throw new Refusal('NOT_FOUND', ['decisionId']);
    if (isPartyTo(decision, viewer))
      throw new Refusal('FORBIDDEN', ['decisionId'], 'Somebody else has to answer it.');
    if (appeal.outcome !== null)
      throw new Refusal('ALREADY_DECIDED', ['decisionId'], 'The appeal is answered already.');
    if (answer.outcome === 'UPHELD' && decision.undoneAt !== null)
      throw new Refusal(
        'WRONG_STATUS',
        ['outcome'],
        'The decision was undone: the appeal can only be granted.',
      );
    await updateAppealAnswered(tx, decision.id, answer);
    const { accountId, decisionId } = appeal;
    await this.parts.inbox.add(tx, [{ accountId, kind: 'APPEAL_ANSWERED', subjectId: decisionId }]);
    return { ...eventAbout('APPEAL_ANSWERED', viewer, decision), detail: { outcome: answer.outcome } };
  }
}
