import type { HoldPhase } from '../graphql/generated/graphql.ts';
import { queueTexts as words } from './queue-texts.ts';

/** What has found a text, in words. @param rule as the service stores it: an entry of a list, or a setting with its number */
export function ruleInWords(phase: HoldPhase, rule: string): string {
  if (phase === 'POLICY') return words.policies[rule] ?? words.rule(rule);
  const [, number] = /^(?:maxLinks|firstComments): (\d+)$/.exec(rule) ?? [];
  const count = words.countRules[phase];
  return number !== undefined && count ? count(Number(number)) : words.rule(rule);
}
