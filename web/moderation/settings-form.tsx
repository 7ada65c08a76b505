import { useApolloClient, useMutation } from '@apollo/client/react';
import { type ReactNode, useState } from 'react';
import { Notice } from '../account/notice.tsx';
import {
  type HookDeadlineAction,
  type SetModerationSettingsInput,
  type SiteModerationQuery,
} from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { type Fault, type Faults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { HostList, hostsChange } from './host-list.tsx';
import { numberOf } from './numbers.ts';
import { SetModerationSettings, SiteModerationDocument } from './settings-documents.ts';
import { settingsTexts as words } from './settings-texts.ts';

type Settings = NonNullable<SiteModerationQuery['moderationSettings']>;

interface Props {
  readonly settings: Settings;
  /** Whether the viewer may change them. */
  readonly mayChange: boolean;
}

const checks = ['isPremoderated', 'holdsRepeatedText', 'asksHook'] as const;
const numbers = [
  'firstComments',
  'maxLinks',
  'slowModeSeconds',
  'reportsToHold',
  'claimSeconds',
  'hookDeadlineSeconds',
] as const;
const hookActions = Object.keys(words.hookActions) as HookDeadlineAction[];
const lists = ['heldHosts', 'allowedHosts'] as const;

type NumberName = (typeof numbers)[number];

/** The settings of the site in one form, which sends what was changed in it and nothing else. */
export function SettingsForm({ settings, mayChange }: Props) {
  const client = useApolloClient();
  const [save] = useMutation(SetModerationSettings);
  const [saves, setSaves] = useState<{ readonly turn: number; readonly text: string }>();
  if (!mayChange) return <SettingsList settings={settings} />;

  async function send(valueOf: (name: string) => string): Promise<readonly Fault[]> {
    const { input, faults } = changesOf(settings, valueOf);
    if (faults.length > 0) return faults;
    const say = (text: string) => setSaves((before) => ({ turn: (before?.turn ?? 0) + 1, text }));
    if (Object.keys(input).length === 0) {
      say(words.unchanged);
      return [];
    }
    const { data } = await save({ variables: { input } });
    const { settings: saved, userErrors = [] } = data?.setModerationSettings ?? {};
    if (saved) {
      client.writeQuery({
        query: SiteModerationDocument,
        data: { __typename: 'Query', moderationSettings: saved },
      });
      say(words.saved);
    }
    return userErrors;
  }

  return (
    <>
      {saves && <Notice key={saves.turn}>{saves.text}</Notice>}
      {/* The key has the form begin with what is saved. */}
      <FieldsForm
        key={`form ${settings.revision} ${saves?.turn ?? 0}`}
        action={words.save}
        pending={words.saving}
        fields={[]}
        others={[...checks, ...numbers, ...lists, 'hookDeadlineAction']}
        send={send}
      >
        {(faults) => (
          <div className="mod-settings">
            <fieldset>
              <legend>{words.screening}</legend>
              <Check name="isPremoderated" settings={settings} />
              <NumberField name="firstComments" settings={settings} faults={faults} />
              <Check name="holdsRepeatedText" settings={settings} />
              <NumberField name="slowModeSeconds" settings={settings} faults={faults} />
              <NumberField name="maxLinks" settings={settings} faults={faults} />
              {lists.map((name) => (
                <HostList
                  key={name}
                  name={name}
                  label={words[name]}
                  hint={words[`${name}Hint`]}
                  hosts={settings[name]}
                  faults={faults}
                />
              ))}
            </fieldset>
            <fieldset>
              <legend>{words.reporting}</legend>
              <NumberField name="reportsToHold" settings={settings} faults={faults} />
              <NumberField name="claimSeconds" settings={settings} faults={faults} />
            </fieldset>
            <fieldset>
              <legend>{words.hook}</legend>
              <Check name="asksHook" settings={settings} />
              <NumberField name="hookDeadlineSeconds" settings={settings} faults={faults} />
              <Field
                label={words.hookDeadlineAction}
                hint={words.hookDeadlineActionHint}
                error={faults.at('hookDeadlineAction')}
              >
                {(control) => (
                  <select
                    {...control}
                    name="hookDeadlineAction"
                    defaultValue={settings.hookDeadlineAction}
                    onChange={() => faults.forget(['hookDeadlineAction'])}
                  >
                    {hookActions.map((action) => (
                      <option key={action} value={action}>
                        {words.hookActions[action]}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
            </fieldset>
          </div>
        )}
      </FieldsForm>
    </>
  );
}

/** What a form says differently than the settings. */
function changesOf(
  settings: Settings,
  valueOf: (name: string) => string,
): { readonly input: SetModerationSettingsInput; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const input: SetModerationSettingsInput = {};
  for (const name of checks) {
    const value = valueOf(name) === 'on';
    if (value !== settings[name]) input[name] = value;
  }
  for (const name of numbers) {
    const value = numberOf(valueOf(name));
    if (value === undefined || (value === null && name !== 'maxLinks'))
      faults.push({ field: [name], message: words.notANumber });
    else if (value !== settings[name]) input[name] = value;
  }
  const action = hookActions.find((each) => each === valueOf('hookDeadlineAction'));
  if (action !== undefined && action !== settings.hookDeadlineAction) input.hookDeadlineAction = action;
  for (const name of lists) {
    const change = hostsChange(name, valueOf);
    if (change) input[name] = change;
  }
  return { input, faults };
}

function Check({ name, settings }: { readonly name: (typeof checks)[number]; readonly settings: Settings }) {
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          name={name}
          value="on"
          defaultChecked={settings[name]}
          aria-describedby={`${name}-hint`}
        />
        <span>{words[name]}</span>
      </label>
      <p className="hint" id={`${name}-hint`}>
        {words[`${name}Hint`]}
      </p>
    </div>
  );
}

interface NumberProps {
  readonly name: NumberName;
  readonly settings: Settings;
  readonly faults: Pick<Faults, 'at' | 'forget'>;
}

function NumberField({ name, settings, faults }: NumberProps) {
  return (
    <Field label={words[name]} hint={words[`${name}Hint`]} error={faults.at(name)}>
      {(control) => (
        <input
          {...written}
          {...control}
          className="mod-number"
          name={name}
          inputMode="numeric"
          autoComplete="off"
          defaultValue={settings[name] ?? ''}
          onInput={() => faults.forget([name])}
        />
      )}
    </Field>
  );
}

/** The settings for those who may read them only. */
function SettingsList({ settings }: { readonly settings: Settings }) {
  const yesNo = (value: boolean) => (value ? words.yes : words.no);
  const hosts = (list: readonly string[]) => (list.length === 0 ? words.none : list.join(', '));
  const shown: readonly (readonly [string, ReactNode])[] = [
    [words.isPremoderated, yesNo(settings.isPremoderated)],
    [words.firstComments, settings.firstComments],
    [words.holdsRepeatedText, yesNo(settings.holdsRepeatedText)],
    [words.slowModeSeconds, settings.slowModeSeconds],
    [words.maxLinks, settings.maxLinks ?? words.anyNumber],
    [words.heldHosts, hosts(settings.heldHosts)],
    [words.allowedHosts, hosts(settings.allowedHosts)],
    [words.reportsToHold, settings.reportsToHold],
    [words.claimSeconds, settings.claimSeconds],
    [words.asksHook, yesNo(settings.asksHook)],
    [words.hookDeadlineSeconds, settings.hookDeadlineSeconds],
    [words.hookDeadlineAction, words.hookActions[settings.hookDeadlineAction]],
  ];
  return (
    <>
      <p>{words.readOnly}</p>
      <dl className="mod-settings-list">
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
