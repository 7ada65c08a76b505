import { useState } from 'react';
import { Link } from 'wouter';
import { FieldsForm } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { paths } from '../paths.ts';
import { useViewer } from '../session/reader-context.ts';
import { useNext } from '../session/session-form.tsx';
import { texts } from '../texts.ts';
import { keepNext } from './awaited.ts';
import { inPlainWords } from './faults.ts';
import { MailSent } from './mail-sent.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly mailed: (email: string) => string;
  readonly request: (email: string) => Promise<LinkAnswer | undefined>;
}

/** The payload of what mails a link. */
export interface LinkAnswer {
  readonly expiresAt: string | null;
  readonly userErrors: readonly Fault[];
}

/** A page that has a link mailed to the address of an account. */
export function LinkByMail({ title, hint, mailed, request }: Props) {
  const next = useNext();
  const viewer = useViewer();
  const [typed, setTyped] = useState<string>();
  const [isMailed, setMailed] = useState(false);

  async function send(email: string) {
    const { expiresAt = null, userErrors = [] } = (await request(email)) ?? {};
    if (expiresAt !== null) {
      keepNext(next, expiresAt);
      setTyped(email);
      setMailed(true);
    }
    return inPlainWords(userErrors);
  }

  if (isMailed && typed !== undefined) {
    return (
      <MailSent
        title={title}
        text={mailed(typed)}
        hint={accountTexts.resetMailedHint}
        send={() => send(typed)}
        onAgain={() => setMailed(false)}
      />
    );
  }
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p>{hint}</p>
      {/* The key: whose page it is may be known after it is shown. */}
      <FieldsForm
        key={viewer?.id}
        action={accountTexts.sendLink}
        pending={accountTexts.sendingLink}
        fields={[
          {
            name: 'email',
            label: texts.email,
            type: 'email',
            autoComplete: 'username',
            initial: typed ?? viewer?.email,
          },
        ]}
        send={(valueOf) => send(valueOf('email').trim())}
      />
      {viewer === null && (
        <p>
          <Link href={paths.signIn(next)}>{texts.signIn}</Link>
        </p>
      )}
    </div>
  );
}
