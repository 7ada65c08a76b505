import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { counted, type Counted, toConnection } from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope, NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { DecisionNotice } from '../../../platform/screening/decision-notice.type.ts';
import { appealByDecisionId, appealCount, appealPages } from './appeal.loader.ts';
import { refusalToAppeal } from './appeal.policy.ts';
import type { AppealState } from './appeal.queries.ts';
import type { AppealService } from './appeal.service.ts';
import {
  AnswerAppealInput,
  AnswerAppealPayload,
  AppealDecisionInput,
  AppealDecisionPayload,
  AppealNotice,
  ModerationAppeal,
  ModerationAppealConnection,
} from './appeal.type.ts';
import { decisionById } from '../decisions/decision.loader.ts';
import { loadDecision } from '../decisions/decision.show.ts';
import { ModerationDecision } from '../decisions/decision.type.ts';
import { loadPerson } from '../persons/person.show.ts';
import { Person } from '../persons/person.type.ts';

/** An appeal as moderators see it; null for all others, and if there is none. */
async function loadAppeal(
  { viewer, loaders }: Context,
  decisionId: string,
): Promise<ModerationAppeal | null> {
  if (refusalToModerate(viewer)) return null;
  const row = await loaders.get(appealByDecisionId).load(decisionId);
  return row ? ModerationAppeal.from(row) : null;
}

/** Appeals, and their answers. */
@Resolver(() => ModerationAppeal)
export class AppealResolver {
  constructor(private readonly appeals: AppealService) {}

  @NeedsScope('MODERATE')
  @Query(() => ModerationAppealConnection, {
    nullable: true,
    description: 'Appeals against decisions, those against the oldest decisions first. For moderators.',
  })
  async moderationAppeals(
    @Arg('isAnswered', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: 'True for those that were answered, false for those that wait.',
    })
    isAnswered: boolean | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<ModerationAppeal>> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    const state: AppealState = isAnswered === true ? 'answered' : 'open';
    const request = pageRequest(args);
    const page = await context.loaders.get(appealPages).load({ scope: state, variant: 'OLDEST', request });
    const connection = toConnection(page, (row) => ModerationAppeal.from(row));
    return counted(connection, () => context.loaders.get(appealCount).load(state));
  }

  @NeverByToken()
  @AccountCommand(AppealDecisionPayload, {
    description:
      'Appeals against a decision about the viewer or a comment of the viewer: once, in one text, which somebody else answers than who has decided. A suspended account may appeal as well.',
    input: [AppealDecisionInput, 'The appeal.'],
  })
  async appealDecision(
    input: AppealDecisionInput,
    viewer: Viewer,
    context: Context,
  ): Promise<AppealDecisionPayload> {
    const [id] = requireKeys('ModerationDecision', 1, input.decisionId);
    const result = await this.appeals.appealDecision(viewer, id, input.text);
    if (!result.ok) return { decision: null, userErrors: result.userErrors };
    context.loaders.reset();
    const row = await context.loaders.get(decisionById).load(id);
    return { decision: row ? DecisionNotice.from(row) : null, userErrors: [] };
  }

  @NeedsScope('MODERATE')
  @AccountCommand(AnswerAppealPayload, {
    description:
      'Answers an appeal: the decision stands, or is undone. Once the decision was undone, the appeal can only be granted: UPHELD is refused (WRONG_STATUS). Not by whoever has decided. For moderators.',
    input: [AnswerAppealInput, 'The answer.'],
  })
  async answerAppeal(
    input: AnswerAppealInput,
    viewer: Viewer,
    context: Context,
  ): Promise<AnswerAppealPayload> {
    const [id] = requireKeys('ModerationAppeal', 1, input.appealId);
    const { outcome, answer } = input;
    const result = await this.appeals.answerAppeal(viewer, id, { outcome, answer });
    if (!result.ok) return { appeal: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { appeal: await loadAppeal(context, id), userErrors: [] };
  }

  @FieldResolver(() => ModerationDecision, { nullable: true, description: 'The decision.' })
  decision(@Root() { row }: ModerationAppeal, @Ctx() context: Context): Promise<ModerationDecision | null> {
    return loadDecision(context, row.decisionId);
  }

  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, { nullable: true, description: 'The account that appeals.' })
  person(@Root() { row }: ModerationAppeal, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.accountId);
  }

  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, {
    nullable: true,
    description: 'Who has answered; null: nobody, or an account that was erased.',
  })
  answeredBy(@Root() { row }: ModerationAppeal, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.answeredBy);
  }
}

/** The appeal of whom a decision is about. */
@Resolver(() => DecisionNotice)
export class DecisionNoticeAppealResolver {
  @FieldResolver(() => AppealNotice, {
    nullable: true,
    description: 'The viewer’s appeal against the decision; null: there is none.',
  })
  async appeal(@Root() { row }: DecisionNotice, @Ctx() { loaders }: Context): Promise<AppealNotice | null> {
    const appeal = await loaders.get(appealByDecisionId).load(row.id);
    return appeal ? AppealNotice.from(appeal) : null;
  }

  @FieldResolver(() => Boolean, { description: 'Whether the viewer may appeal against the decision.' })
  async canAppeal(@Root() { row }: DecisionNotice, @Ctx() { viewer, loaders }: Context): Promise<boolean> {
    if (!viewer || refusalToAppeal(row, viewer)) return false;
    return (await loaders.get(appealByDecisionId).load(row.id)) === undefined;
  }
}

/** The appeal against a decision, for moderators. */
@Resolver(() => ModerationDecision)
export class DecisionAppealResolver {
  @FieldResolver(() => ModerationAppeal, {
    nullable: true,
    description: 'The appeal against the decision; null: there is none.',
  })
  appeal(@Root() { row }: ModerationDecision, @Ctx() context: Context): Promise<ModerationAppeal | null> {
    return loadAppeal(context, row.id);
  }
}

/** Finds an appeal, for moderators. */
export const findAppealNode = nodeFinder(1, ([id = ''], context) => loadAppeal(context, id));
