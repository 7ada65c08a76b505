import { Resolver } from 'type-graphql';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsProof } from '../../../platform/graphql/needs-scope.ts';
import { GrantRoleInput, PersonPayload, RevokeRoleInput } from './person.input.ts';
import { toPerson } from './person.mutation.ts';
import type { RoleService } from './role.service.ts';

/** Administrators' commands on roles. */
@Resolver()
export class RoleResolver {
  constructor(private readonly roles: RoleService) {}

  @NeedsProof()
  @AccountCommand(PersonPayload, {
    description:
      'Gives an account a role, which counts from its next request on. Repeating this changes nothing. For administrators.',
    input: [GrantRoleInput, 'Whom, and which role.'],
  })
  grantRole(input: GrantRoleInput, viewer: Viewer, context: Context): Promise<PersonPayload> {
    const [personId] = requireKeys('Person', 1, input.personId);
    return toPerson(context, this.roles.grantRole(viewer, personId, input.role));
  }

  @NeedsProof()
  @AccountCommand(PersonPayload, {
    description:
      'Takes a role from an account, from its next request on; never that of the last administrator who may act (LAST_ADMINISTRATOR). Repeating this changes nothing. For administrators.',
    input: [RevokeRoleInput, 'From whom, and which role.'],
  })
  revokeRole(input: RevokeRoleInput, viewer: Viewer, context: Context): Promise<PersonPayload> {
    const [personId] = requireKeys('Person', 1, input.personId);
    return toPerson(context, this.roles.revokeRole(viewer, personId, input.role));
  }
}
