import { type ReactNode } from 'react';
import { checkedOf, Checks } from '../account/checks.tsx';
import { Folded } from '../account/section.tsx';
import { type ArticleEventKind, type WebhookPartsFragment } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { type Fault, type Faults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { webhookTexts as words } from './texts.ts';

/** What an endpoint is sent, and where. */
export interface WebhookValues {
  readonly name: string;
  readonly url: string;
  readonly document: string;
  /** Null: all. */
  readonly eventKinds: ArticleEventKind[] | null;
}

interface Props {
  /** What the form begins with; absent: a new endpoint. */
  readonly webhook?: WebhookPartsFragment;
  readonly action: string;
  readonly pending: string;
  /** Names of the fields among the children. */
  readonly others?: readonly string[];
  readonly send: (values: WebhookValues, valueOf: (name: string) => string) => Promise<readonly Fault[]>;
  readonly children?: (faults: Pick<Faults, 'at' | 'forget'>) => ReactNode;
}

const kinds = Object.keys(words.kindNames) as ArticleEventKind[];

/** The form of an endpoint. */
export function WebhookForm({ webhook, action, pending, others = [], send, children }: Props) {
  const chosen = webhook?.eventKinds ?? [];
  return (
    <FieldsForm
      action={action}
      pending={pending}
      fields={[
        {
          name: 'name',
          label: words.name,
          hint: words.nameHint,
          type: 'text',
          autoComplete: 'off',
          initial: webhook?.name,
        },
        {
          name: 'url',
          label: words.url,
          hint: words.urlHint,
          type: 'text',
          autoComplete: 'off',
          initial: webhook?.url,
        },
      ]}
      others={['document', ...others]}
      send={(valueOf) => {
        const checked = checkedOf(kinds, valueOf);
        return send(
          {
            name: valueOf('name'),
            url: valueOf('url').trim(),
            document: valueOf('document'),
            eventKinds: checked.length > 0 ? checked : null,
          },
          valueOf,
        );
      }}
    >
      {(faults) => (
        <>
          {children?.(faults)}
          <Folded title={words.someKinds} isOpen={chosen.length > 0}>
            <p className="hint">{words.someKindsHint}</p>
            <div className="webhook-kinds">
              {words.kindGroups.map(({ name, kinds: group }) => (
                <Checks
                  key={name}
                  legend={name}
                  choices={Object.fromEntries(group.map((kind) => [kind, words.kindNames[kind]]))}
                  initial={chosen}
                />
              ))}
            </div>
          </Folded>
          <Field label={words.document} hint={words.documentHint} error={faults.at('document')}>
            {(control) => (
              <textarea
                {...written}
                {...control}
                className="webhook-document"
                name="document"
                rows={14}
                autoComplete="off"
                spellCheck={false}
                required
                defaultValue={webhook?.document ?? words.defaultDocument}
                onInput={() => faults.forget(['document'])}
              />
            )}
          </Field>
        </>
      )}
    </FieldsForm>
  );
}
