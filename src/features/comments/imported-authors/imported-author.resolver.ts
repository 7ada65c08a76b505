import { Ctx, Field, FieldResolver, ID, InputType, Resolver, Root } from 'type-graphql';
import { ViewerPayload } from '../../people/credentials/credential.input.ts';
import { toViewer } from '../../people/credentials/credential.resolver.ts';
import { ViewerAccount } from '../../people/account/account.type.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import type { ClaimService } from './claim.service.ts';
import { claimableByAccountId, maxClaimable } from './imported-author.loader.ts';
import { ImportedAuthor, noArticle } from './imported-author.type.ts';

@InputType({ description: 'An author of imported comments to claim.' })
class ClaimImportedAuthorInput {
  @Field(() => ID, { description: '`ImportedAuthor.id`.' })
  authorId!: string;
}

/** What the viewer wrote elsewhere, before it was imported. */
@Resolver(() => ViewerAccount)
export class ImportedAuthorResolver {
  constructor(private readonly claims: ClaimService) {}

  @NeverByToken()
  @Bounded(maxClaimable)
  @FieldResolver(() => [ImportedAuthor], {
    description:
      'Authors of imported comments that have the viewer’s confirmed e-mail address, and that nobody has claimed.',
  })
  async importedAuthors(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<ImportedAuthor[]> {
    const rows = await loaders.get(claimableByAccountId).load(accountId);
    return rows.map((row) => ImportedAuthor.from(row));
  }

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description:
      'Gives the comments of an imported author to the viewer, within seconds: from then on they bear the account’s name. It can’t be undone.',
    input: [ClaimImportedAuthorInput, 'The author.'],
  })
  async claimImportedAuthor(
    { authorId }: ClaimImportedAuthorInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    const [scope, id] = requireKeys('CommentAuthor', 2, authorId);
    // The author of one comment has the key of an article there, and can't be claimed.
    return toViewer(await this.claims.claim(viewer, scope === noArticle ? id : '0'), context);
  }
}
