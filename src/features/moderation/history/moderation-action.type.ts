import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { RoleEnum } from '../../people/account/account.type.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import {
  changesIn,
  maxSettingChanges,
  maxSettingLength,
  roleIn,
} from '../../../platform/screening/moderation-event-details.ts';
import type { ModerationEventKind } from '../../../platform/screening/moderation-event-kinds.ts';
import type { ModerationEventRow } from '../../../platform/screening/moderation-log.queries.ts';
import { commentActionTypes, commentActionViews } from './comment-action.type.ts';
import { decisionActionTypes, decisionActionViews } from './decision-action.type.ts';
import {
  type ActionView,
  baseOfAction,
  ModerationAction,
  ModerationCheckpoint,
  ModerationEvent,
  ModerationReset,
} from './moderation-event.type.ts';

/** An action of administrators on one role. */
@InterfaceType({
  implements: ModerationAction,
  description: 'The roles of `person` were changed.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class RoleAction extends ModerationAction {
  @Field(() => RoleEnum, { nullable: true, description: 'The role; null: several.' })
  role!: Role | null;
}

const RoleActionType = (description: string): ClassDecorator =>
  ObjectType({
    simpleResolvers: true,
    implements: [RoleAction, ModerationAction, ModerationEvent],
    description,
  });

const OtherActionType = (description: string): ClassDecorator =>
  ObjectType({ simpleResolvers: true, implements: [ModerationAction, ModerationEvent], description });

@OtherActionType('A moderator has noted something about `person`, for other moderators.')
export class PersonNoted extends ModerationAction {}

@ObjectType({ simpleResolvers: true, description: 'One setting before and after a change.' })
export class SettingChange {
  @Field(() => String, { description: 'The name of the setting.' })
  setting!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its value before; null: it was not set. Of a list: what was taken off it, or how many.',
  })
  before!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its value after; null: it is not set any more. Of a list: what came onto it, or how many.',
  })
  after!: string | null;
}

@OtherActionType('Settings of moderation were changed, of the site or of one article.')
export class ModerationSettingsChanged extends ModerationAction {
  @Bounded(maxSettingChanges)
  @Field(() => [SettingChange], {
    description: `What has changed, at most ${maxSettingChanges} settings, with values of at most ${maxSettingLength} characters.`,
  })
  changes!: readonly SettingChange[];
}

@RoleActionType('`person` got a role.')
export class RoleGranted extends RoleAction {}

@RoleActionType('A role of `person` was taken away.')
export class RoleRevoked extends RoleAction {}

@OtherActionType('`person`, who has the rights of a moderator, has signed in.')
export class StaffSignedIn extends ModerationAction {}

/** GraphQL types of all actions, by kind. */
const actionViews = {
  ...commentActionViews,
  ...decisionActionViews,
  NOTE_ADDED: (_row, base) => Object.assign(new PersonNoted(), base),
  SETTINGS_CHANGED: ({ detail }, base) =>
    Object.assign(new ModerationSettingsChanged(), base, { changes: changesIn(detail) }),
  ROLE_GRANTED: ({ detail }, base) => Object.assign(new RoleGranted(), base, { role: roleIn(detail) }),
  ROLE_REVOKED: ({ detail }, base) => Object.assign(new RoleRevoked(), base, { role: roleIn(detail) }),
  SIGNED_IN: (_row, base) => Object.assign(new StaffSignedIn(), base),
} satisfies Record<ModerationEventKind, ActionView>;

/** All object types of the stream. */
export const moderationEventTypes = [
  ...commentActionTypes,
  ...decisionActionTypes,
  PersonNoted,
  ModerationSettingsChanged,
  RoleGranted,
  RoleRevoked,
  StaffSignedIn,
  ModerationCheckpoint,
  ModerationReset,
] as const;

/** Converts an event of the log to its GraphQL type. @throws Error for a kind of a later version */
export function toModerationAction(row: ModerationEventRow, epoch: string): ModerationAction {
  const view: ActionView | undefined = (actionViews as Partial<Record<string, ActionView>>)[row.kind];
  if (!view) throw new Error(`No type shows ${row.kind}`);
  return view(row, baseOfAction(row, epoch));
}
