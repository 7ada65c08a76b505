import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Notice } from '../account/notice.tsx';
import { Secret } from '../account/secret.tsx';
import { Folded, Section } from '../account/section.tsx';
import { formatDeadline } from '../format.ts';
import { type WebhookPartsFragment } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { useChange } from '../layout/use-change.ts';
import { useNow } from '../layout/use-now.ts';
import { RotateWebhookSecret, UpdateWebhook } from './documents.ts';
import { webhookTexts as words } from './texts.ts';

interface Props {
  readonly webhook: Pick<WebhookPartsFragment, 'id' | 'oldSecretUntil'>;
}

/** Makes another secret of an endpoint, and ends the one before. */
export function SecretOf({ webhook: { id, oldSecretUntil } }: Props) {
  const now = useNow();
  const [rotate] = useMutation(RotateWebhookSecret);
  const [secret, setSecret] = useState<string>();
  const [hasEnded, setEnded] = useState(false);
  return (
    <Section id="secret" title={words.secretTitle}>
      <p className="hint">{words.secretHint}</p>
      {secret !== undefined && (
        <Notice key={secret}>
          <p>{words.rotated}</p>
          <Secret label={words.newSecret} secret={secret} />
        </Notice>
      )}
      {oldSecretUntil !== null && Date.parse(oldSecretUntil) > now && (
        <OldSecret key={oldSecretUntil} id={id} until={oldSecretUntil} onEnded={() => setEnded(true)} />
      )}
      {hasEnded && <Notice>{words.oldEnded}</Notice>}
      {/* The key closes the form. */}
      <Folded key={secret} title={words.rotate}>
        <FieldsForm
          action={words.rotate}
          pending={words.rotating}
          fields={[]}
          others={['overlapHours']}
          send={async (valueOf) => {
            const input = { webhookId: id, overlapHours: Number(valueOf('overlapHours')) };
            const { data } = await rotate({ variables: { input } });
            const { secret: made = null, userErrors = [] } = data?.rotateWebhookSecret ?? {};
            if (made !== null) {
              setSecret(made);
              setEnded(false);
            }
            return userErrors;
          }}
        >
          {(faults) => (
            <Field label={words.overlap} error={faults.at('overlapHours')}>
              {(control) => (
                <select {...control} name="overlapHours" defaultValue={24}>
                  {Object.entries(words.overlaps).map(([hours, name]) => (
                    <option key={hours} value={hours}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </FieldsForm>
      </Folded>
    </Section>
  );
}

interface OldProps {
  readonly id: string;
  readonly until: string;
  readonly onEnded: () => void;
}

function OldSecret({ id, until, onEnded }: OldProps) {
  const [update] = useMutation(UpdateWebhook);
  const { isBusy, trouble, run } = useChange();

  async function end() {
    const isDone = await run(async () => {
      const { data } = await update({ variables: { input: { webhookId: id, endOldSecret: true } } });
      return data?.updateWebhook.userErrors;
    });
    if (isDone) onEnded();
  }

  return (
    <>
      <p>
        {words.oldSecret} <time dateTime={until}>{formatDeadline(until)}</time>.
      </p>
      <Confirm
        action={words.endOld}
        question={words.endOldQuestion}
        keep={words.endOldKeep}
        isBusy={isBusy}
        trouble={trouble}
        onConfirm={() => void end()}
      />
    </>
  );
}
