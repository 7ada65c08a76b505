import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Notice } from '../account/notice.tsx';
import { Confirm } from '../layout/confirm.tsx';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { useChange } from '../layout/use-change.ts';
import { written } from '../layout/written.ts';
import { RedeliverWebhook } from './documents.ts';
import { webhookTexts as words } from './texts.ts';

interface Props {
  readonly webhookId: string;
  /** Called once events are being sent again. */
  readonly onDone: () => Promise<unknown>;
}

/** A form that sends events again: since a time, or behind a cursor. */
export function Redelivery({ webhookId, onDone }: Props) {
  const [redeliver] = useMutation(RedeliverWebhook);
  const [times, setTimes] = useState(0);
  return (
    <>
      <p className="hint">{words.resendHint}</p>
      {times > 0 && <Notice key={times}>{words.sentAgain}</Notice>}
      <FieldsForm
        key={`form ${times}`}
        action={words.resend}
        pending={words.resending}
        fields={[]}
        others={['since', 'after']}
        send={async (valueOf) => {
          const [since, after] = [valueOf('since'), valueOf('after').trim()];
          if ((since === '') === (after === '')) return [{ field: ['since'], message: words.oneOfBoth }];
          // The browser's time zone, as the other times of the page.
          const from = since === '' ? { after } : { since: new Date(since).toISOString() };
          const { data } = await redeliver({ variables: { input: { webhookId, ...from } } });
          if (data?.redeliverWebhook.webhook) {
            setTimes(times + 1);
            await onDone();
          }
          return data?.redeliverWebhook.userErrors ?? [];
        }}
      >
        {(faults) => (
          <>
            <Field label={words.since} error={faults.at('since')}>
              {(control) => (
                <input
                  {...control}
                  className="webhook-time"
                  name="since"
                  type="datetime-local"
                  onInput={() => faults.forget(['since'])}
                />
              )}
            </Field>
            <Field label={words.after} hint={words.afterHint} error={faults.at('after')}>
              {(control) => (
                <input
                  {...written}
                  {...control}
                  name="after"
                  autoComplete="off"
                  spellCheck={false}
                  onInput={() => faults.forget(['after', 'since'])}
                />
              )}
            </Field>
          </>
        )}
      </FieldsForm>
    </>
  );
}

interface AgainProps extends Props {
  /** The position before the first event that is sent again. */
  readonly after: string;
  /** Name of the button. */
  readonly label: string;
}

/** Sends the event of an attempt again, and all after it. */
export function Again({ webhookId, after, label, onDone }: AgainProps) {
  const [redeliver] = useMutation(RedeliverWebhook);
  const { isBusy, trouble, run } = useChange();
  const [times, setTimes] = useState(0);

  async function send() {
    const isDone = await run(async () => {
      const { data } = await redeliver({ variables: { input: { webhookId, after } } });
      return data?.redeliverWebhook.userErrors;
    });
    if (!isDone) return;
    setTimes(times + 1);
    await onDone();
  }

  return (
    <>
      {/* The key takes the question away. */}
      <Confirm
        key={`question ${times}`}
        action={words.again}
        label={label}
        question={words.againQuestion}
        keep={words.againKeep}
        className="link-button"
        isBusy={isBusy}
        trouble={trouble}
        onConfirm={() => void send()}
      />
      {times > 0 && <Notice key={times}>{words.sentAgain}</Notice>}
    </>
  );
}
