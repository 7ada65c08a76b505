import { useState } from 'react';
import { tokenTexts as words } from './token-texts.ts';

interface Props {
  /** What it is. */
  readonly label: string;
  readonly secret: string;
}

/** A secret that is shown once, with a button that copies it. */
export function Secret({ label, secret }: Props) {
  const [said, setSaid] = useState<string>();
  // Absent without TLS; the secret can be marked as well.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  const copy = () => {
    clipboard?.writeText(secret).then(
      () => setSaid(words.copied),
      () => setSaid(words.notCopied),
    );
  };
  return (
    <div className="secret">
      <code aria-label={label}>{secret}</code>
      {clipboard && (
        <button type="button" onClick={copy}>
          {words.copy}
        </button>
      )}
      <span role="status">{said}</span>
    </div>
  );
}
