import { FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { SessionPayload } from '../credentials/account.input.ts';
import { signInClient, toSessionPayload } from '../credentials/account.resolver.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { ViewerPayload } from '../credentials/credential.input.ts';
import { toViewer } from '../credentials/credential.resolver.ts';
import { ProofPayload } from '../credentials/proof.input.ts';
import { toProof } from '../credentials/proof.resolver.ts';
import type { SecondSteps } from '../sessions/second-step.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand, OpenCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeedsProof, NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { IgnoresCredential } from '../../../platform/graphql/session-field.ts';
import {
  AddPasskeyInput,
  AddPasskeyPayload,
  CreateRecoveryCodesPayload,
  FinishPasskeySignInInput,
  PasskeyRequestPayload,
  ProveByPasskeyInput,
  RemovePasskeyInput,
  RenamePasskeyInput,
  SignInWithRecoveryCodeInput,
} from './passkey.input.ts';
import { maxPasskeys } from './passkey.policy.ts';
import type { PasskeyRequest, PasskeyService } from './passkey.service.ts';
import { Passkey } from './passkey.type.ts';
import type { RecoveryCodeService } from './recovery-code.service.ts';

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
/** No passkey has it. */
const noPasskey = '00000000-0000-0000-0000-000000000000';
const keyOf = (id: string): string => (uuid.test(id) ? id : noPasskey);

@Resolver(() => ViewerAccount)
export class PasskeyResolver {
  constructor(
    private readonly passkeyService: PasskeyService,
    private readonly codes: RecoveryCodeService,
    private readonly steps: SecondSteps,
  ) {}

  @NeverByToken()
  @Bounded(maxPasskeys)
  @FieldResolver(() => [Passkey], { description: 'The passkeys of this account, oldest first.' })
  async passkeys(@Root() { viewer }: ViewerAccount): Promise<Passkey[]> {
    return (await this.passkeyService.list(viewer)).map((row) => Passkey.from(row));
  }

  @NeverByToken()
  @FieldResolver(() => Int, {
    description: 'The number of recovery codes that were not used yet; `createRecoveryCodes` makes new ones.',
  })
  async recoveryCodesLeft(@Root() { viewer }: ViewerAccount): Promise<number> {
    return (await this.codes.show(viewer)).left;
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the rights of this account’s roles above JOURNALIST are withheld from this session or token, until it has a second factor: add a passkey, or sign in with it. A token has to be made by a session with two factors.',
  })
  mustProveSecondFactor(@Root() { viewer }: ViewerAccount): boolean {
    return viewer.lacksSecondFactor === true;
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(PasskeyRequestPayload, {
    description: 'Asks for any passkey of this site, to sign in with it. Nobody has to say who they are.',
    counts: 'ITSELF',
  })
  beginPasskeySignIn(): PasskeyRequestPayload {
    return { ...this.passkeyService.beginSignIn(), userErrors: [] };
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description: 'Starts a session by a passkey, which counts as two factors.',
    input: [FinishPasskeySignInInput, 'The answer of the passkey.'],
    counts: 'sign-ins',
  })
  async finishPasskeySignIn(
    { response }: FinishPasskeySignInInput,
    context: Context,
  ): Promise<SessionPayload> {
    return recognised(await this.passkeyService.finishSignIn(response, signInClient(context)), context);
  }

  @IgnoresCredential()
  @NeverByToken()
  @OpenCommand(SessionPayload, {
    description: 'Starts a session by a recovery code, after `signIn` has answered with `secondStep`.',
    input: [SignInWithRecoveryCodeInput, 'The step and the code.'],
    counts: 'ITSELF',
  })
  async signInWithRecoveryCode(
    { token, recoveryCode }: SignInWithRecoveryCodeInput,
    context: Context,
  ): Promise<SessionPayload> {
    const step = this.steps.open(token);
    if (step) await context.limits.useSignIn(`second step of ${step.accountId}`);
    else await context.limits.use('sign-ins');
    return recognised(await this.codes.signIn(step, recoveryCode, signInClient(context)), context);
  }

  @NeverByToken()
  @AccountCommand(PasskeyRequestPayload, {
    description: 'Asks for a passkey of the viewer, as a proof; `proveByPasskey` takes the answer.',
  })
  async beginPasskeyProof(viewer: Viewer): Promise<PasskeyRequestPayload> {
    return { ...(await this.passkeyService.beginProof(viewer)), userErrors: [] };
  }

  @NeverByToken()
  @AccountCommand(ProofPayload, {
    description:
      'Proves by a passkey who the viewer is, for ten minutes, in this session, which has two factors from then on.',
    input: [ProveByPasskeyInput, 'The answer of the passkey.'],
    counts: 'proofs',
  })
  async proveByPasskey({ response }: ProveByPasskeyInput, viewer: Viewer): Promise<ProofPayload> {
    return toProof(await this.passkeyService.prove(viewer, response));
  }

  @NeedsProof()
  @AccountCommand(PasskeyRequestPayload, { description: 'Asks for a new passkey; `addPasskey` takes it.' })
  async beginAddPasskey(viewer: Viewer): Promise<PasskeyRequestPayload> {
    return toRequest(await this.passkeyService.beginAdd(viewer));
  }

  @NeedsProof()
  @AccountCommand(AddPasskeyPayload, {
    description:
      'Adds a passkey to the viewer’s account, and tells its address. The first one is the second factor of the session that adds it.',
    input: [AddPasskeyInput, 'The passkey.'],
  })
  async addPasskey(input: AddPasskeyInput, viewer: Viewer, context: Context): Promise<AddPasskeyPayload> {
    const result = await this.passkeyService.add(viewer, input);
    if (!result.ok) return { passkey: null, userErrors: result.userErrors };
    context.loaders.reset();
    const row = (await this.passkeyService.list(viewer)).find(({ id }) => id === result.value);
    return { passkey: row ? Passkey.from(row) : null, userErrors: [] };
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Gives a passkey of the viewer another name.',
    input: [RenamePasskeyInput, 'The passkey and its name.'],
  })
  async renamePasskey(
    { passkeyId, name }: RenamePasskeyInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    return toViewer(await this.passkeyService.rename(viewer, { id: keyOf(passkeyId), name }), context);
  }

  @NeedsProof()
  @AccountCommand(ViewerPayload, {
    description:
      'Removes a passkey of the viewer, ends the account’s other sessions, and tells its address. With the last one the recovery codes go.',
    input: [RemovePasskeyInput, 'The passkey.'],
  })
  async removePasskey(
    { passkeyId }: RemovePasskeyInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    return toViewer(await this.passkeyService.remove(viewer, keyOf(passkeyId)), context);
  }

  @NeedsProof()
  @AccountCommand(CreateRecoveryCodesPayload, {
    description:
      'Makes ten recovery codes in place of those of before, and tells the account’s address. A code replaces the passkey once, after the password.',
  })
  async createRecoveryCodes(viewer: Viewer): Promise<CreateRecoveryCodesPayload> {
    const result = await this.codes.create(viewer);
    if (!result.ok) return { codes: null, userErrors: result.userErrors };
    return { codes: result.value, userErrors: [] };
  }
}

const toRequest = (result: Result<PasskeyRequest>): PasskeyRequestPayload =>
  result.ok
    ? { ...result.value, userErrors: [] }
    : { options: null, expiresAt: null, userErrors: result.userErrors };

/** The payload of a sign-in; the account is known at this address from now on, by its own address as well. */
async function recognised(
  result: Parameters<typeof toSessionPayload>[0],
  context: Context,
): Promise<SessionPayload> {
  const payload = await toSessionPayload(result, context);
  if (payload.viewer) context.limits.recognise(payload.viewer.email);
  return payload;
}
