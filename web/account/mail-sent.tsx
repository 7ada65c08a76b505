import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly hint: string;
  /** Shows the form again. */
  readonly onAgain: () => void;
}

/** In place of a page's form: the next step is a link in a mail. The title of the page stays. */
export function MailSent({ title, text, hint, onAgain }: Props) {
  return (
    <div className="page narrow-page">
      <h1 tabIndex={-1}>{title}</h1>
      <Notice>
        <p>{text}</p>
      </Notice>
      <p className="hint">{hint}</p>
      <button type="button" onClick={onAgain}>
        {accountTexts.otherAddress}
      </button>
    </div>
  );
}
