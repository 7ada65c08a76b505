/** What may become of a means of payment that was saved on the test provider's page. */
export const outcomes = {
  succeeds: 'It is charged',
  declined: 'It is declined when it is to be charged',
  authentication: 'Its bank demands authentication when it is to be charged',
  disputed: 'It is charged, and its owner disputes the charge afterwards',
  disputeWon: 'It is charged and disputed, and the dispute is won',
  disputeLost: 'It is charged and disputed, and the dispute is lost',
  unanswered: 'It is charged, and the provider’s answer gets lost',
} as const;

export type Outcome = keyof typeof outcomes;

export const isOutcome = (text: string | undefined): text is Outcome =>
  text !== undefined && Object.hasOwn(outcomes, text);
