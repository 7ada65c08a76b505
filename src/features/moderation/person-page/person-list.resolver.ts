import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { normaliseLine } from '../../../platform/text/plain.ts';
import { PersonFilter } from './person.input.ts';
import { Person, PersonConnection } from '../persons/person.type.ts';
import { personPages } from './person-list.loader.ts';

/** Most characters of the beginning of a name: as many as a name has. */
const maxNameLength = 80;

function beginningOf(name: string | null | undefined): string | null {
  if (name == null) return null;
  const beginning = normaliseLine(name.slice(0, 1000));
  if ([...beginning].length > maxNameLength)
    throw new RequestError('BAD_USER_INPUT', `\`name\` takes at most ${maxNameLength} characters.`);
  return beginning === '' ? null : beginning;
}

@Resolver()
export class PersonListResolver {
  @NeedsScope('MODERATE')
  @Query(() => PersonConnection, {
    nullable: true,
    description: 'Accounts by their names, so that somebody can be found. For moderators.',
  })
  async persons(
    @Arg('filter', () => PersonFilter, {
      nullable: true,
      description: 'Which accounts are listed; absent: all.',
    })
    filter: PersonFilter | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<Person>> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    const scope = {
      name: beginningOf(filter?.name),
      role: filter?.role ?? null,
      sanction: filter?.sanction ?? null,
    };
    const page = await context.loaders
      .get(personPages)
      .load({ scope, variant: 'NAME', request: pageRequest(args) });
    return toConnection(page, (row) => Person.from(row));
  }
}
