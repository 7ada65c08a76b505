import { useState } from 'react';
import { type HostListChange } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { type Faults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { settingsTexts as words } from './settings-texts.ts';

interface Props {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly hosts: readonly string[];
  readonly faults: Pick<Faults, 'at' | 'forget'>;
}

/** Hosts that are shown at first: a list may have a thousand. */
const shownAtFirst = 30;

/** A list of hosts in a form: some leave it, and others come to it, once the form is saved. */
export function HostList({ name, label, hint, hosts, faults }: Props) {
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [showsAll, setShowsAll] = useState(false);
  const toggle = (host: string) =>
    setLeaving((before) => {
      const next = new Set(before);
      if (!next.delete(host)) next.add(host);
      return next;
    });
  const shown = showsAll ? hosts : hosts.slice(0, shownAtFirst);
  const error = faults.at(name);
  return (
    <div className="field mod-hosts" role="group" aria-labelledby={`${name}-label`}>
      <p className="mod-label" id={`${name}-label`}>
        {label}
      </p>
      <p className="hint">{hint}</p>
      <input type="hidden" name={`${name}.remove`} value={[...leaving].join(' ')} />
      {hosts.length > 0 && (
        <ul className="mod-chips">
          {shown.map((host) => {
            const leaves = leaving.has(host);
            return (
              <li key={host} className={leaves ? 'mod-chip is-leaving' : 'mod-chip'}>
                <span>{host}</span>
                <button
                  type="button"
                  className="link-button"
                  aria-label={leaves ? words.keepHost(host) : words.removeHost(host)}
                  onClick={() => toggle(host)}
                >
                  {leaves ? '↺' : '×'}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {hosts.length > shown.length && (
        <button type="button" className="link-button" onClick={() => setShowsAll(true)}>
          {words.allHosts(hosts.length)}
        </button>
      )}
      <p className="hint" role="status">
        {leaving.size > 0 ? words.hostsLeave(leaving.size) : ''}
      </p>
      <Field label={words.addHostsLabel} hint={words.addHostsHint} error={error}>
        {(control) => (
          <input
            {...written}
            {...control}
            aria-label={words.addHosts(label)}
            name={`${name}.add`}
            autoComplete="off"
            spellCheck={false}
            onInput={() => faults.forget([name])}
          />
        )}
      </Field>
    </div>
  );
}

const entriesOf = (text: string): string[] => text.split(/[\s,]+/).filter((each) => each !== '');

/** What a form changes of a list; undefined: nothing. */
export function hostsChange(name: string, valueOf: (name: string) => string): HostListChange | undefined {
  const [add, remove] = [entriesOf(valueOf(`${name}.add`)), entriesOf(valueOf(`${name}.remove`))];
  return add.length + remove.length === 0 ? undefined : { add, remove };
}
