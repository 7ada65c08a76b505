import { type RefObject, useId } from 'react';
import { queueTexts as words } from './queue-texts.ts';

interface Props {
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
}

/** The list of keys, with a switch: single letters must not be pressed by accident (WCAG 2.1.4). */
export function QueueKeys({ dialog, isOn, onSwitch }: Props) {
  const id = useId();
  return (
    <dialog ref={dialog} className="queue-keys" aria-labelledby={id}>
      <h2 id={id}>{words.keysTitle}</h2>
      <dl>
        {words.keyNames.map(([key, name]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">{words.keysHint}</p>
      <div className="queue-keys-foot">
        <label>
          <input
            type="checkbox"
            checked={isOn}
            onChange={({ currentTarget }) => onSwitch(currentTarget.checked)}
          />
          {words.keysOn}
        </label>
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </div>
    </dialog>
  );
}
