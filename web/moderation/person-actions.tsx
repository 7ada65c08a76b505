import { useMutation } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { keyOf, settle } from '../campaign/sent.ts';
import { type ModerationReason } from '../graphql/generated/graphql.ts';
import { type Fault } from '../layout/use-faults.ts';
import { DecisionForm, type DecisionValues } from './decision-form.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { BanAccount, PremoderateAccount, RemoveCommentsSince, SuspendAccount } from './person-documents.ts';
import { EndField, endOf, noTime, StartField, startOf } from './times.tsx';

type Action = 'suspend' | 'ban' | 'premoderate' | 'removeSince';

const actions: readonly Action[] = ['suspend', 'ban', 'premoderate', 'removeSince'];

interface Props {
  readonly person: { readonly id: string; readonly name: string };
  /** Called with what was done, in words. */
  readonly onDone: (said: string) => void;
}

/** What may be decided about an account: buttons, each with a form that asks why. */
export function PersonActions({ person, onDone }: Props) {
  const [open, setOpen] = useState<Action>();
  const bar = useRef<HTMLDivElement>(null);
  const close = () => {
    if (open !== undefined)
      bar.current?.querySelector<HTMLElement>(`[data-action=${open}]`)?.focus({ preventScroll: true });
    setOpen(undefined);
  };
  return (
    <section className="mod-actions" aria-label={words.actions}>
      <div className="form-foot" ref={bar}>
        {actions.map((action) => (
          <button
            key={action}
            type="button"
            data-action={action}
            aria-expanded={open === action}
            onClick={() => setOpen(open === action ? undefined : action)}
          >
            {words[action]}
          </button>
        ))}
      </div>
      {open !== undefined && (
        <ActionForm
          key={open}
          action={open}
          person={person}
          onClose={close}
          onDone={(said) => {
            // Another form may have been opened meanwhile.
            setOpen((now) => (now === open ? undefined : now));
            onDone(said);
          }}
        />
      )}
    </section>
  );
}

interface FormProps extends Props {
  readonly action: Action;
  readonly onClose: () => void;
}

const questions = {
  suspend: words.suspendQuestion,
  ban: words.banQuestion,
  premoderate: words.premoderateQuestion,
  removeSince: words.removeSinceQuestion,
} as const;

const said = {
  suspend: words.saidSuspended,
  ban: words.saidBanned,
  premoderate: words.saidPremoderated,
  removeSince: words.saidRemoving,
} as const;

function ActionForm({ action, person, onClose, onDone }: FormProps) {
  const send = useSending(person.id);
  return (
    <DecisionForm
      question={questions[action](person.name)}
      action={words[action]}
      isDangerous
      hasReason
      others={['until', 'since']}
      onClose={onClose}
      send={async ({ reason, ...values }) => {
        if (!reason) return [];
        const faults = await send(action, { ...values, reason });
        if (faults.length === 0) onDone(said[action](person.name));
        return faults;
      }}
    >
      {(faults) => (
        <>
          {action === 'suspend' && <EndField faults={faults} mayNever={false} />}
          {action === 'premoderate' && <EndField faults={faults} mayNever />}
          {action === 'removeSince' && <StartField faults={faults} />}
        </>
      )}
    </DecisionForm>
  );
}

type Given = DecisionValues & { readonly reason: ModerationReason };

const sentName = 'standfirst.removal-sent';

/** Sends a decision about an account. */
function useSending(personId: string): (action: Action, given: Given) => Promise<readonly Fault[]> {
  const [suspend] = useMutation(SuspendAccount);
  const [ban] = useMutation(BanAccount);
  const [premoderate] = useMutation(PremoderateAccount);
  const [removeSince] = useMutation(RemoveCommentsSince);
  return async (action, { reason, note, ...given }) => {
    const valueOf = (name: string) => given.valueOf(name);
    const input = { personId, reason, note };
    if (action === 'ban') return (await ban({ variables: { input } })).data?.banAccount.userErrors ?? [];
    if (action === 'removeSince') {
      const since = startOf(valueOf);
      if (since == null) return noTime('since');
      // The choice, and not the time that it means: a second attempt comes later.
      const choice = [valueOf('since'), valueOf('sinceTime')];
      const idempotencyKey = keyOf(sentName, { ...input, choice });
      const { data } = await removeSince({ variables: { input: { ...input, since, idempotencyKey } } });
      settle(sentName);
      return data?.removeCommentsSince.userErrors ?? [];
    }
    const until = endOf(valueOf);
    if (until === undefined) return noTime('until');
    if (action === 'premoderate') {
      const { data } = await premoderate({ variables: { input: { ...input, until } } });
      return data?.premoderateAccount.userErrors ?? [];
    }
    if (until === null) return noTime('until');
    const { data } = await suspend({ variables: { input: { ...input, until } } });
    return data?.suspendAccount.userErrors ?? [];
  };
}
