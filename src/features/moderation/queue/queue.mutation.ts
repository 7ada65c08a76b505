import { Resolver } from 'type-graphql';
import { refusalToModerate, type Viewer } from '../../../platform/auth/viewer.ts';
import { loadComment, toCommentKey } from '../../comments/thread/comment.show.ts';
import { Refusal, RequestError, type Result } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { judgedByRightsLeft } from '../../../platform/graphql/rights-left.ts';
import type { ItemKey } from '../../../platform/screening/moderation-item.queries.ts';
import type { ClaimService } from './claim.service.ts';
import {
  ClaimCommentsInput,
  ClaimCommentsPayload,
  type CommentDecisionInput,
  DecideCommentsInput,
  DecideCommentsPayload,
  type DecidedCommentResult,
  maxDecisions,
  ReleaseCommentsInput,
  ReleaseCommentsPayload,
  UndoDecisionInput,
  UndoDecisionPayload,
} from './queue.input.ts';
import { loadDecision } from '../decisions/decision.show.ts';
import { loadItem } from './item.show.ts';
import type { ModerationItem } from './item.type.ts';
import type { ModerationService } from '../decisions/moderation.service.ts';
import type { UndoService } from '../decisions/undo.service.ts';

/** Arguments of a command on several comments, as far as its cost depends on them. */
interface ListArgs {
  readonly input?: { readonly decisions?: readonly unknown[]; readonly commentIds?: readonly unknown[] };
}

/** Points of a command on several comments: the selections are priced as for the most comments that it takes. */
const costOfSome = ({ args, childComplexity }: { args: ListArgs; childComplexity: number }): number => {
  const { length } = args.input?.decisions ?? args.input?.commentIds ?? [];
  return 1 + Math.ceil((childComplexity * Math.min(Math.max(1, length), maxDecisions)) / maxDecisions);
};

/** @throws RequestError BAD_USER_INPUT */
function requireFew<T>(list: readonly T[], name: string, idOf: (item: T) => string): readonly T[] {
  if (list.length === 0 || list.length > maxDecisions)
    throw new RequestError(
      'BAD_USER_INPUT',
      `\`${name}\` takes 1 to ${maxDecisions} comments, not ${list.length}.`,
    );
  if (new Set(list.map(idOf)).size < list.length)
    throw new RequestError('BAD_USER_INPUT', `\`${name}\` names a comment twice.`);
  return list;
}

function toItemKey(id: string): ItemKey {
  const { articleId, id: commentId } = toCommentKey(id);
  return { articleId, commentId };
}

/** @throws RequestError BAD_USER_INPUT */
function toReportIds({ badFaithReportIds }: CommentDecisionInput): readonly string[] {
  const ids = badFaithReportIds ?? [];
  if (ids.length > maxDecisions)
    throw new RequestError('BAD_USER_INPUT', `\`badFaithReportIds\` takes at most ${maxDecisions} reports.`);
  return [...new Set(ids.map((id) => requireKeys('CommentReport', 1, id)[0]))];
}

/** Decisions, claims and the undoing of decisions, for moderators. */
@Resolver()
export class QueueMutationResolver {
  constructor(
    private readonly moderation: ModerationService,
    private readonly claims: ClaimService,
    private readonly undoing: UndoService,
  ) {}

  @NeedsScope('MODERATE')
  @AccountCommand(DecideCommentsPayload, {
    description:
      'Decides about comments of the queue. What left the queue, was edited, or is claimed by another moderator is not decided; all others are. If the session ends meanwhile, the answer is UNAUTHENTICATED, and what was decided before stays so: the same request again, with its keys, tells the results. For moderators.',
    input: [DecideCommentsInput, 'The decisions.'],
    counts: 'ITSELF',
    complexity: costOfSome,
  })
  async decideComments(
    input: DecideCommentsInput,
    _viewer: Viewer,
    context: Context,
  ): Promise<DecideCommentsPayload> {
    const decisions = requireFew(input.decisions, 'decisions', ({ commentId }) => commentId);
    for (const decision of decisions) {
      toCommentKey(decision.commentId);
      toReportIds(decision);
    }
    await context.limits.useWrite(decisions.length);
    const refusal = refusalToModerate(context.viewer);
    if (refusal) return { results: [], userErrors: new Refusal(refusal).userErrors };
    const results: DecidedCommentResult[] = [];
    // One after the other: a hundred transactions at once would take the share of others.
    for (const decision of decisions)
      results.push(await judgedByRightsLeft(context, () => this.#decide(context, decision)));
    return { results, userErrors: [] };
  }

  @NeedsScope('MODERATE')
  @AccountCommand(ClaimCommentsPayload, {
    description:
      'Says that the viewer works on comments of the queue: for five minutes, or until it is said again, no other moderator decides about them. Comments that others have claimed stay theirs, and nobody claims their own. For moderators.',
    input: [ClaimCommentsInput, 'The comments.'],
    complexity: costOfSome,
  })
  claimComments(input: ClaimCommentsInput, viewer: Viewer, context: Context): Promise<ClaimCommentsPayload> {
    return this.#claim(context, input, (keys) => this.claims.claimComments(viewer, keys));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(ReleaseCommentsPayload, {
    description: 'Gives claims of the viewer back. For moderators.',
    input: [ReleaseCommentsInput, 'The comments.'],
    complexity: costOfSome,
  })
  releaseComments(
    input: ReleaseCommentsInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ReleaseCommentsPayload> {
    return this.#claim(context, input, (keys) => this.claims.releaseComments(viewer, keys));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(UndoDecisionPayload, {
    description:
      'Undoes the last decision about a comment, if the comment has not changed since: what waited waits again, and reports are open again. Or the last decision about an account: what held before it holds again, and what it has removed comes back in the background. For moderators.',
    input: [UndoDecisionInput, 'The decision.'],
  })
  async undoDecision(
    input: UndoDecisionInput,
    viewer: Viewer,
    context: Context,
  ): Promise<UndoDecisionPayload> {
    const [decisionId] = requireKeys('ModerationDecision', 1, input.decisionId);
    const result = await this.undoing.undoDecision(viewer, decisionId);
    if (!result.ok) return { decision: null, item: null, userErrors: result.userErrors };
    context.loaders.reset();
    const key = result.value;
    return {
      decision: await loadDecision(context, decisionId),
      item: key ? await loadItem(context, { articleId: key.articleId, commentId: key.id }) : null,
      userErrors: [],
    };
  }

  async #decide(context: Context, input: CommentDecisionInput): Promise<DecidedCommentResult> {
    const viewer = requireViewer(context);
    const { commentId, verdict, expectedRevision, reason, note } = input;
    const key = toCommentKey(commentId);
    const given = { expectedRevision, reason, note };
    const result =
      verdict === 'ESCALATE'
        ? await this.moderation.escalateItem(viewer, key, given)
        : await this.moderation.decideItem(viewer, key, {
            ...given,
            verdict,
            badFaithReports: toReportIds(input),
            idempotencyKey: input.idempotencyKey?.toLowerCase(),
          });
    context.loaders.reset();
    const comment = await loadComment(context, key);
    const item = await loadItem(context, { articleId: key.articleId, commentId: key.id });
    if (!result.ok) return { commentId, decision: null, comment, item, userErrors: result.userErrors };
    const decision = await loadDecision(context, result.value.decisionId ?? null);
    return { commentId, decision, comment, item, userErrors: [] };
  }

  async #claim(
    context: Context,
    { commentIds }: ClaimCommentsInput,
    command: (keys: readonly ItemKey[]) => Promise<Result<unknown>>,
  ): Promise<ClaimCommentsPayload> {
    const keys = requireFew(commentIds, 'commentIds', (id) => id).map(toItemKey);
    const result = await command(keys);
    if (!result.ok) return { items: [], userErrors: result.userErrors };
    context.loaders.reset();
    const items = await Promise.all(keys.map((key) => loadItem(context, key)));
    return { items: items.filter((item): item is ModerationItem => item !== null), userErrors: [] };
  }
}
