import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { DecisionNotice } from '../../../platform/screening/decision-notice.type.ts';
import { maxAppealLength } from './appeal.policy.ts';
import type { AppealOutcome, AppealRow } from './appeal.queries.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

export const AppealOutcomeEnum = graphqlEnum<AppealOutcome>('AppealOutcome', 'How an appeal was answered.', {
  UPHELD: 'The decision stands.',
  OVERTURNED: 'The decision is undone.',
});

/** What both sides see of an appeal. */
@ObjectType()
abstract class AppealTexts {
  @TextOf(maxAppealLength)
  @Field(() => String, { description: 'What the account says against the decision, as plain text.' })
  text!: string;

  @Field(() => DateTimeScalar, { description: 'When it appealed.' })
  appealedAt!: Date;

  @Field(() => AppealOutcomeEnum, {
    nullable: true,
    description: 'How it was answered; null: nobody has answered.',
  })
  outcome!: AppealOutcome | null;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'What the moderator has answered, as plain text; null: nothing.',
  })
  answer!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was answered; null: nobody has answered.',
  })
  answeredAt!: Date | null;
}

/** An appeal as moderators see it. */
@NeedsScope('MODERATE')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'An appeal against a decision. For moderators.',
})
export class ModerationAppeal extends AppealTexts implements Node {
  readonly row!: AppealRow;
  readonly id!: string;

  static from(row: AppealRow): ModerationAppeal {
    const id = encodeGlobalId('ModerationAppeal', row.decisionId);
    return Object.assign(new ModerationAppeal(), row, { row, id });
  }
}

/** An appeal as the account sees it that has appealed: not who has answered. */
@ObjectType({ simpleResolvers: true, description: 'The viewer’s own appeal against a decision.' })
export class AppealNotice extends AppealTexts {
  static from({ text, appealedAt, outcome, answer, answeredAt }: AppealRow): AppealNotice {
    return Object.assign(new AppealNotice(), { text, appealedAt, outcome, answer, answeredAt });
  }
}

export const ModerationAppealConnection = countedConnectionType(
  ModerationAppeal,
  edgeType(ModerationAppeal, 'ModerationAppeal'),
  'ModerationAppeal',
  { isStored: false, description: 'The number of appeals in the whole list. Always exact.' },
);

@InputType({ description: 'An appeal against a decision.' })
export class AppealDecisionInput {
  @Field(() => ID, { description: 'The decision: `DecisionNotice.decisionId`.' })
  decisionId!: string;

  @MaxLength(maxAppealLength)
  @Field(() => String, {
    description: `What the viewer says against it, as plain text: at most ${maxAppealLength} characters. It can not be changed.`,
  })
  text!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `appealDecision`.' })
export class AppealDecisionPayload extends Payload {
  @Field(() => DecisionNotice, { nullable: true, description: 'The decision; null when refused.' })
  decision!: DecisionNotice | null;
}

@InputType({ description: 'An answer to an appeal.' })
export class AnswerAppealInput {
  @Field(() => ID, { description: 'The appeal.' })
  appealId!: string;

  @Field(() => AppealOutcomeEnum, { description: 'Whether the decision stands, or is undone.' })
  outcome!: AppealOutcome;

  @MaxLength(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'An answer to the account, as plain text.',
  })
  answer?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `answerAppeal`.' })
export class AnswerAppealPayload extends Payload {
  @Field(() => ModerationAppeal, { nullable: true, description: 'The appeal; null when refused.' })
  appeal!: ModerationAppeal | null;
}
