import { Resolver } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { loadDecision } from '../decisions/decision.show.ts';
import {
  BanAccountInput,
  LiftSanctionInput,
  PersonPayload,
  PremoderateAccountInput,
  RemoveCommentsSinceInput,
  RemoveCommentsSincePayload,
  SuspendAccountInput,
} from './person.input.ts';
import { loadPerson } from '../persons/person.show.ts';
import type { RemovalSinceService } from '../removals/removal-since.service.ts';
import type { SanctionService } from '../sanctions/sanction.service.ts';

/** @throws RequestError BAD_USER_INPUT */
const keyOf = ({ personId }: { readonly personId: string }): string => requireKeys('Person', 1, personId)[0];

/** An account after a command that changes it and returns its key. */
export async function toPerson(context: Context, changed: Promise<Result<string>>): Promise<PersonPayload> {
  const result = await changed;
  if (!result.ok) return { person: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { person: await loadPerson(context, result.value), userErrors: [] };
}

/** Moderators' commands on accounts. */
@Resolver()
export class PersonMutationResolver {
  constructor(
    private readonly sanctions: SanctionService,
    private readonly removals: RemovalSinceService,
  ) {}

  @NeedsScope('MODERATE')
  @AccountCommand(PersonPayload, {
    description:
      'Suspends an account until a time: it may read and not write, and learns why and until when. It replaces an earlier suspension. For moderators; accounts of staff, for administrators who have signed in themselves.',
    input: [SuspendAccountInput, 'Whom, until when, and why.'],
  })
  suspendAccount(input: SuspendAccountInput, viewer: Viewer, context: Context): Promise<PersonPayload> {
    const { until, reason, note } = input;
    const command = { kind: 'SUSPENDED', personId: keyOf(input), until, reason, note } as const;
    return toPerson(context, this.sanctions.sanction(viewer, command));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(PersonPayload, {
    description:
      'Suspends an account for good, until a moderator lifts that. It replaces an earlier suspension. For moderators; accounts of staff, for administrators who have signed in themselves.',
    input: [BanAccountInput, 'Whom, and why.'],
  })
  banAccount(input: BanAccountInput, viewer: Viewer, context: Context): Promise<PersonPayload> {
    const { reason, note } = input;
    const command = { kind: 'BANNED', personId: keyOf(input), until: null, reason, note } as const;
    return toPerson(context, this.sanctions.sanction(viewer, command));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(PersonPayload, {
    description:
      'Has comments of an account, and new texts of them, wait for a moderator, and tells the account so. It replaces an earlier premoderation. For moderators; accounts of staff, for administrators who have signed in themselves.',
    input: [PremoderateAccountInput, 'Whom, until when, and why.'],
  })
  premoderateAccount(
    input: PremoderateAccountInput,
    viewer: Viewer,
    context: Context,
  ): Promise<PersonPayload> {
    const { until = null, reason, note } = input;
    const command = { kind: 'PREMODERATED', personId: keyOf(input), until, reason, note } as const;
    return toPerson(context, this.sanctions.sanction(viewer, command));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(PersonPayload, {
    description:
      'Ends a sanction of an account before its time, or one without an end. Repeating this changes nothing. For moderators; accounts of staff, for administrators who have signed in themselves.',
    input: [LiftSanctionInput, 'Whose, and which.'],
  })
  liftSanction(input: LiftSanctionInput, viewer: Viewer, context: Context): Promise<PersonPayload> {
    const command = { personId: keyOf(input), kind: input.kind, note: input.note };
    return toPerson(context, this.sanctions.lift(viewer, command));
  }

  @NeedsScope('MODERATE')
  @AccountCommand(RemoveCommentsSincePayload, {
    description:
      'Removes everything that an account has written since a time, as one decision: comments that are public, wait or were rejected. The service goes on by itself after the answer; readers get an event for each comment, and the account one notification. What is written after the decision stays. For moderators; accounts of staff, for administrators who have signed in themselves.',
    input: [RemoveCommentsSinceInput, 'Whose, since when, and why.'],
  })
  async removeCommentsSince(
    input: RemoveCommentsSinceInput,
    viewer: Viewer,
    context: Context,
  ): Promise<RemoveCommentsSincePayload> {
    const { since, reason, note } = input;
    const personId = keyOf(input);
    const idempotencyKey = input.idempotencyKey ?? undefined;
    const command = { personId, since, reason, note, idempotencyKey };
    const result = await this.removals.removeCommentsSince(viewer, command);
    if (!result.ok) return { decision: null, person: null, userErrors: result.userErrors };
    context.loaders.reset();
    return {
      decision: await loadDecision(context, result.value),
      person: await loadPerson(context, personId),
      userErrors: [],
    };
  }
}
