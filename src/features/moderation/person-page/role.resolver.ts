import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsProof } from '../../../platform/graphql/needs-scope.ts';
import { GrantRoleInput, PersonPayload, RevokeRoleInput } from './person.input.ts';
import { changePerson } from './person-command.resolver.ts';
import type { RoleService } from './role.service.ts';

/** Administrators' commands on roles. */
@Resolver()
export class RoleResolver {
  constructor(private readonly roles: RoleService) {}

  @NeedsProof()
  @Mutation(() => PersonPayload, {
    description:
      'Gives an account a role, which counts from its next request on. Repeating this changes nothing. For administrators.',
  })
  grantRole(
    @Arg('input', () => GrantRoleInput, { description: 'Whom, and which role.' }) input: GrantRoleInput,
    @Ctx() context: Context,
  ): Promise<PersonPayload> {
    const [personId] = requireKeys('Person', 1, input.personId);
    return changePerson(context, (viewer) => this.roles.grantRole(viewer, personId, input.role));
  }

  @NeedsProof()
  @Mutation(() => PersonPayload, {
    description:
      'Takes a role from an account, from its next request on; never that of the last administrator who may act (LAST_ADMINISTRATOR). Repeating this changes nothing. For administrators.',
  })
  revokeRole(
    @Arg('input', () => RevokeRoleInput, { description: 'From whom, and which role.' })
    input: RevokeRoleInput,
    @Ctx() context: Context,
  ): Promise<PersonPayload> {
    const [personId] = requireKeys('Person', 1, input.personId);
    return changePerson(context, (viewer) => this.roles.revokeRole(viewer, personId, input.role));
  }
}
