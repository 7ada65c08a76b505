import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { FieldsForm } from '../layout/fields-form.tsx';
import { paths } from '../paths.ts';
import { type Viewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { keepNext } from './awaited.ts';
import { CommentList } from './comment-list.tsx';
import { ChangeEmail, ChangeName } from './documents.ts';
import { inPlainWords } from './faults.ts';
import { MailConfirmation } from './mail-confirmation.tsx';
import { Notice } from './notice.tsx';
import { Picture } from './picture.tsx';
import { SendAgain } from './send-again.tsx';
import { Folded, Section } from './section.tsx';
import { accountTexts } from './texts.ts';
import { WayByMail } from './way-by-mail.tsx';

interface Props {
  readonly viewer: Viewer;
  readonly listsComments: boolean;
  readonly canSendPicture: boolean;
  /** The address that was asked for and is not confirmed yet. */
  readonly pendingEmail: string | null;
  /** Whether nothing but another site's word says that the account is the reader's. */
  readonly isOfAnotherSite: boolean;
}

/** The account's name and address, and what others see of it. */
export function Profile({ viewer, listsComments, canSendPicture, pendingEmail, isOfAnotherSite }: Props) {
  return (
    <Section id="profile" title={accountTexts.profile}>
      <Name name={viewer.name} isNamesake={viewer.commentAuthor.sharesNameWithJournalist} />
      <Email viewer={viewer} pending={pendingEmail} isOfAnotherSite={isOfAnotherSite} />
      <Picture viewer={viewer} canSend={canSendPicture} />
      <CommentList authorId={viewer.commentAuthor.id} listsComments={listsComments} />
    </Section>
  );
}

function Name({ name, isNamesake }: { readonly name: string; readonly isNamesake: boolean }) {
  const [changeName] = useMutation(ChangeName);
  const [isSaved, setSaved] = useState(false);
  return (
    <>
      <FieldsForm
        action={accountTexts.saveName}
        pending={texts.saving}
        fields={[
          {
            name: 'name',
            label: accountTexts.name,
            hint: accountTexts.nameHint,
            type: 'text',
            autoComplete: 'name',
            initial: name,
          },
        ]}
        send={async (valueOf) => {
          setSaved(false);
          const { data } = await changeName({ variables: { input: { name: valueOf('name') } } });
          setSaved(data?.changeName.viewer != null);
          return data?.changeName.userErrors ?? [];
        }}
      />
      {isSaved && <Notice>{accountTexts.nameSaved}</Notice>}
      {isNamesake && <p className="hint">{accountTexts.nameIsJournalists}</p>}
    </>
  );
}

interface EmailProps extends Pick<Props, 'viewer' | 'isOfAnotherSite'> {
  readonly pending: string | null;
}

function Email({ viewer, pending, isOfAnotherSite }: EmailProps) {
  const [changeEmail] = useMutation(ChangeEmail);
  const [mailedTo, setMailedTo] = useState<string>();
  const asked = mailedTo ?? pending;

  async function send(email: string) {
    const { data } = await changeEmail({ variables: { input: { email } } });
    const { expiresAt = null, userErrors = [] } = data?.changeEmail ?? {};
    if (expiresAt !== null) {
      keepNext(paths.account, expiresAt);
      setMailedTo(email);
    }
    return inPlainWords(userErrors);
  }

  return (
    <div className="account-part">
      <h3>{accountTexts.email}</h3>
      <p className="account-email">
        <span>{viewer.email}</span>
        {/* Where no mail is sent, no address can be confirmed, and none has to be. */}
        {viewer.isEmailConfirmed && <span className="badge">{accountTexts.isConfirmed}</span>}
        {viewer.mustConfirmEmail && <span className="badge">{accountTexts.isUnconfirmed}</span>}
      </p>
      {viewer.mustConfirmEmail && mailedTo === undefined && (
        <MailConfirmation viewer={viewer} next={paths.account} />
      )}
      {mailedTo !== undefined && <Notice key={mailedTo}>{accountTexts.emailMailed(mailedTo)}</Notice>}
      {mailedTo === undefined && pending !== null && (
        <p className="hint">{accountTexts.emailPending(pending)}</p>
      )}
      {asked !== null && <SendAgain send={() => send(asked)} />}
      <Folded key={mailedTo} title={accountTexts.changeEmail}>
        {isOfAnotherSite ? (
          <p className="hint">
            {accountTexts.changeEmailOtherwise} <WayByMail next={`${paths.account}#profile`} />
          </p>
        ) : (
          <>
            <p className="hint">{accountTexts.changeEmailHint}</p>
            <FieldsForm
              action={accountTexts.sendLink}
              pending={accountTexts.sendingLink}
              fields={[{ name: 'email', label: accountTexts.newEmail, type: 'email', autoComplete: 'email' }]}
              send={(valueOf) => send(valueOf('email').trim())}
            />
          </>
        )}
      </Folded>
    </div>
  );
}
