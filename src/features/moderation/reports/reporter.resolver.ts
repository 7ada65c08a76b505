import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { isAccount } from '../../../platform/auth/viewer.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { loadPerson } from '../persons/person.show.ts';
import { Person } from '../persons/person.type.ts';
import { reporterById, reportsMadeBy, reportsReceivedBy } from './report.loader.ts';
import { CommentReport, ReporterStanding, ReportTally } from './report.type.ts';

const none = { open: 0, upheld: 0, dismissed: 0, badFaith: 0, obsolete: 0 };

async function loadStanding(
  { loaders }: Context,
  accountId: string,
  mustConfirm: boolean,
): Promise<ReporterStanding | null> {
  const facts = await loaders.get(reporterById).load(accountId);
  return facts ? ReporterStanding.from(facts, mustConfirm) : null;
}

/** Whose a report is, for moderators. */
@Resolver(() => CommentReport)
export class CommentReportResolver {
  /** @param mustConfirm whether accounts have to confirm their addresses */
  constructor(private readonly mustConfirm: boolean) {}

  @FieldResolver(() => Person, {
    nullable: true,
    description:
      'Who has reported the comment; null once the account was erased, and for a moderator who has written the comment.',
  })
  reporter(@Root() { row }: CommentReport, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, isAccount(context.viewer, row.subjectId) ? null : row.accountId);
  }

  @FieldResolver(() => ReporterStanding, {
    nullable: true,
    description: 'How the reporter stands; null where `reporter` is.',
  })
  async reporterStanding(
    @Root() { row }: CommentReport,
    @Ctx() context: Context,
  ): Promise<ReporterStanding | null> {
    if (row.accountId === null || isAccount(context.viewer, row.subjectId)) return null;
    return loadStanding(context, row.accountId, this.mustConfirm);
  }
}

/** A person's reports, and those of their comments. */
@Resolver(() => Person)
export class PersonReportsResolver {
  /** @param mustConfirm whether accounts have to confirm their addresses */
  constructor(private readonly mustConfirm: boolean) {}

  @FieldResolver(() => ReporterStanding, {
    nullable: true,
    description: 'How the account stands as a reporter; null once it was erased.',
  })
  reporterStanding(@Root() { accountId }: Person, @Ctx() context: Context): Promise<ReporterStanding | null> {
    return loadStanding(context, accountId, this.mustConfirm);
  }

  @FieldResolver(() => ReportTally, { description: 'The reports that the account has made.' })
  async reportsMade(@Root() { accountId }: Person, @Ctx() { loaders }: Context): Promise<ReportTally> {
    return ReportTally.from((await loaders.get(reportsMadeBy).load(accountId)) ?? none);
  }

  @FieldResolver(() => ReportTally, {
    description: 'The reports that others have made of the account’s comments.',
  })
  async reportsReceived(@Root() { accountId }: Person, @Ctx() { loaders }: Context): Promise<ReportTally> {
    return ReportTally.from((await loaders.get(reportsReceivedBy).load(accountId)) ?? none);
  }
}
