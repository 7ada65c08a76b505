import { answerParent } from '../../harness/processes/answer-parent.ts';
import { stepClock } from './clock.ts';
import type { FundingKill } from './funding-points.ts';
import { type HintFaults, spoilHints } from './hints.ts';
import { takeLongestTurn } from './loop.ts';
import { killAt, type KillPoint } from './kill-points.ts';
import type { OutsideAddress } from './outside-provider.ts';

/* Preloaded into the service's own program, which has no code for it. Does nothing until a fault is requested. */

/** Requests to a service under test. */
export type ServiceQuestion =
  /** Resident memory in bytes. */
  | { readonly do: 'memory' }
  /** The longest turn of the event loop since the last request, in milliseconds of CPU time. */
  | { readonly do: 'longestTurn' }
  | { readonly do: 'killAt'; readonly point: KillPoint; readonly passes: number }
  | { readonly do: 'killFundingAt'; readonly kill: FundingKill | undefined }
  | { readonly do: 'stepClock'; readonly byMs: number }
  | { readonly do: 'spoilHints'; readonly faults: HintFaults };

async function answer(question: ServiceQuestion): Promise<unknown> {
  switch (question.do) {
    case 'memory':
      return process.memoryUsage.rss();
    case 'longestTurn':
      return takeLongestTurn();
    case 'killAt':
      return killAt(question.point, question.passes);
    case 'killFundingAt':
      // Loaded on demand, as the service loads the package of Stripe.
      return (await import('./funding.ts')).killFundingAt(question.kill);
    case 'stepClock':
      return stepClock(question.byMs);
    case 'spoilHints':
      return spoilHints(question.faults);
  }
}

const { OUTSIDE_PROVIDER: outside } = process.env;
if (outside !== undefined) {
  const { useOutsideProvider } = await import('./outside-provider.ts');
  useOutsideProvider(JSON.parse(outside) as OutsideAddress);
}

answerParent((question) => answer(question as ServiceQuestion));
