import { createContext, useContext } from 'react';
import type { Queue } from './queue.ts';
import type { OwnVerdict } from './queue-entry.ts';

/** A verdict whose reason is being chosen. */
export interface Asking {
  readonly verdict: OwnVerdict;
  readonly ids: readonly string[];
  /** The entry where it is asked; undefined: in the bar, for all that is selected. */
  readonly at: string | undefined;
}

/** What the parts of the queue's page share. */
export interface QueueDesk {
  readonly queue: Queue;
  readonly asking: Asking | undefined;
  /** Ids of reports that are marked as made in bad faith, by the comment. */
  readonly badFaith: Readonly<Record<string, readonly string[]>>;
  readonly toggleBadFaith: (id: string, reportId: string) => void;
  /** Gives a verdict, or asks for its reason first. */
  readonly rule: (verdict: OwnVerdict, ids: readonly string[], at: string | undefined) => void;
  readonly answer: (reason: Ask) => void;
  readonly cancel: () => void;
  /** What a form was about waits no longer, and the form has gone while it was filled in. */
  readonly lost: () => void;
  /** What was answered so far: a form that goes away, or whose request failed, loses nothing. */
  readonly draft: (asking: Asking) => Partial<Ask>;
  readonly keepDraft: (asking: Asking, draft: Partial<Ask>) => void;
  readonly claim: (ids: readonly string[]) => void;
  readonly undo: (decisionId?: string) => void;
  /** @param isRange whether all from the last selected one are meant */
  readonly select: (id: string, isRange: boolean) => void;
}

/** The answer to the question for a reason. */
export interface Ask {
  readonly reason: NonNullable<Parameters<Queue['actions']['decide']>[1]['reason']>;
  readonly note: string;
}

export const QueueContext = createContext<QueueDesk | undefined>(undefined);

export function useDesk(): QueueDesk {
  const desk = useContext(QueueContext);
  if (!desk) throw new Error('There is no queue around this component');
  return desk;
}
