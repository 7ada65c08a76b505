import { graphqlEnum } from '../graphql/enum.ts';
import type { ModerationReason } from './moderation-event-kinds.ts';

export const ModerationReasonEnum = graphqlEnum<ModerationReason>(
  'ModerationReason',
  'Why a comment is reported, or a decision was made.',
  {
    SPAM: 'Advertising, or the same text again and again.',
    ABUSE: 'It insults or harasses somebody.',
    HATE: 'It attacks people for what they are.',
    VIOLENCE: 'It threatens, or calls for violence.',
    SEXUAL: 'It is sexual where it should not be.',
    PERSONAL_DATA: 'It tells private data of somebody.',
    ILLEGAL: 'It breaks the law.',
    MISLEADING: 'It misleads, or pretends to be somebody else’s.',
    OFF_TOPIC: 'It is about something else.',
    OTHER: 'Another reason; the note says which.',
  },
);
