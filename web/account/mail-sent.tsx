import { type Fault } from '../layout/use-faults.ts';
import { Notice } from './notice.tsx';
import { SendAgain } from './send-again.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly hint: string;
  /** Sends the same once more. */
  readonly send: () => Promise<readonly Fault[]>;
  /** Shows the form again. */
  readonly onAgain: () => void;
}

/** In place of a page's form: the next step is a link in a mail. The title of the page stays. */
export function MailSent({ title, text, hint, send, onAgain }: Props) {
  return (
    <div className="page narrow-page">
      <h1 tabIndex={-1}>{title}</h1>
      <Notice>
        <p>{text}</p>
      </Notice>
      <p className="hint">{hint}</p>
      <SendAgain send={send} />
      <button type="button" onClick={onAgain}>
        {accountTexts.otherAddress}
      </button>
    </div>
  );
}
