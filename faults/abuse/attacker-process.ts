import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import type { Targets } from './attack.ts';
import { Attackers, type AttackResult } from './attackers.ts';
import { attacks } from './attacks.ts';

export interface AttackQuestion {
  readonly attack: string;
  readonly targets: Targets;
  /** Longest duration of the attack, in milliseconds. */
  readonly withinMs: number;
}

answerParent(async (question): Promise<AttackResult> => {
  const { attack, targets, withinMs } = question as AttackQuestion;
  const attackers = new Attackers(targets);
  try {
    const deadline = new AbortController();
    const sent = attacks[attack]?.send(attackers).then(() => true);
    const overdue = sleep(withinMs, false, { signal: deadline.signal }).catch(() => false);
    const isOver = await Promise.race([sent, overdue]).finally(() => deadline.abort());
    // An attack that is overdue is not awaited; it ends with the process.
    sent?.catch(() => undefined);
    return { ...attackers.result, isOver: isOver ?? false };
  } finally {
    attackers.close();
  }
});
