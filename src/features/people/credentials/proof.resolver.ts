import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { accountById } from '../account/account.loader.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { ProofPayload, ProveByPasswordInput } from './proof.input.ts';
import type { Proofs } from './proof.service.ts';

/** What the present session has proven. */
@Resolver(() => ViewerAccount)
export class ProofResolver {
  constructor(private readonly proofs: Proofs) {}

  @NeverByToken()
  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'Until when this session counts as proven, for mutations that take a recent proof; null: it does not. A sign-in counts for ten minutes; one at another site only if it began with `prompt=login` and the site says when it has asked.',
  })
  async provenUntil(@Root() { viewer }: ViewerAccount): Promise<Date | null> {
    return (await this.proofs.until(viewer)) ?? null;
  }

  @NeverByToken()
  @FieldResolver(() => Boolean, {
    description:
      'Whether this session rests on the word of another site alone. Then it changes no address and unlinks no login that rests on more (WRONG_STATUS), until the account’s password, or a passkey of its holder, was proven in it.',
  })
  restsOnAnotherSite(@Root() { viewer }: ViewerAccount): Promise<boolean> {
    return this.proofs.restsOnWord(viewer);
  }

  @NeverByToken()
  @AccountCommand(ProofPayload, {
    description: 'Proves by the account’s password who the viewer is, for ten minutes, in this session.',
    input: [ProveByPasswordInput, 'The password.'],
    counts: 'proofs',
  })
  async proveByPassword(
    { password }: ProveByPasswordInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ProofPayload> {
    const account = await context.loaders.get(accountById).load(viewer.accountId);
    return toProof(await this.proofs.byPassword(viewer, account?.email ?? '', password));
  }
}

export const toProof = (result: Result<Date>): ProofPayload =>
  result.ok
    ? { provenUntil: result.value, userErrors: [] }
    : { provenUntil: null, userErrors: result.userErrors };
