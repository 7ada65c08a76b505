import { texts } from '../texts.ts';
import { QueueActions } from './queue-actions.ts';
import type { QueueDesk } from './queue-context.ts';
import { cardId, isOthers, isWaiting, type OwnVerdict, summaryOf } from './queue-entry.ts';
import { queueTexts as words } from './queue-texts.ts';
import type { OnKey } from './use-queue-keys.ts';

interface Options {
  readonly desk: QueueDesk;
  readonly goTo: (id: string | undefined) => void;
  /** Loads what has gathered at the end. */
  readonly showNew: () => void;
  /** Opens the list of keys. */
  readonly showKeys: () => void;
}

const isCard = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('.queue-card');

/** What the keys of the queue do. The list is read when a key is pressed: keys may be quicker than the rendering. */
export function keysOf({ desk, goTo, showNew, showKeys }: Options): OnKey {
  const { list, actions } = desk.queue;

  /** What a key is for: all that is selected, or the entry in hand. */
  const meant = (): { readonly ids: readonly string[]; readonly at: string | undefined } => {
    const { selected, current } = list.snapshot();
    if (selected.size > 0) return { ids: [...selected], at: undefined };
    const entry = current === undefined ? undefined : list.at(current);
    return entry && isWaiting(entry) ? { ids: [entry.id], at: entry.id } : { ids: [], at: undefined };
  };

  function give(verdict: OwnVerdict): boolean {
    const { ids, at } = meant();
    const entry = at === undefined ? undefined : list.at(at);
    if (ids.length === 0 || (entry && !QueueActions.allows(entry, verdict))) return false;
    if (entry?.item && isOthers(entry.item, actions.me, Date.now())) {
      const whose = words.commentOf(summaryOf(entry).name);
      actions.say(words.notDecided.CLAIMED?.(whose) ?? texts.failed);
      return true;
    }
    desk.rule(verdict, ids, at);
    return true;
  }

  function step(by: 1 | -1): boolean {
    const { current, entries } = list.snapshot();
    goTo(list.next(current, by, () => true) ?? (current === undefined ? entries[0]?.id : undefined));
    return true;
  }

  function back(): boolean {
    const [refusal] = actions.refusals();
    goTo(refusal?.id);
    return refusal !== undefined;
  }

  function press(action: string): boolean {
    const { current } = list.snapshot();
    const card = current === undefined ? null : document.getElementById(cardId(current));
    const link = card?.querySelector<HTMLElement>(`[data-action=${action}]`);
    link?.click();
    return link != null;
  }

  function selectCurrent(isRange: boolean): boolean {
    const { current } = list.snapshot();
    const entry = current === undefined ? undefined : list.at(current);
    if (entry && isWaiting(entry)) desk.select(entry.id, isRange);
    return entry !== undefined;
  }

  function leave(): boolean {
    if (desk.asking) desk.cancel();
    else if (list.snapshot().selected.size > 0) list.setSelected([]);
    else return false;
    return true;
  }

  return (key, event) => {
    // A form has keys of its own.
    if (desk.asking && key !== 'Escape' && key !== '?') return false;
    switch (key) {
      case 'j':
        return step(1);
      case 'k':
        return step(-1);
      case 'PageDown':
        return isCard(event.target) && step(1);
      case 'PageUp':
        return isCard(event.target) && step(-1);
      case 'a':
        return give('APPROVE');
      case 'r':
        return give('REJECT');
      case 'd':
        return give('REMOVE');
      case 'c':
        desk.claim(meant().ids);
        return true;
      case 'x':
        return selectCurrent(event.shiftKey);
      case 'b':
        return back();
      case 'u':
        desk.undo();
        return true;
      case 'o':
        return press('open');
      case 'p':
        return press('person');
      case 'n':
        showNew();
        return true;
      case 'Escape':
        return leave();
      case '?':
        showKeys();
        return true;
    }
    return false;
  };
}
