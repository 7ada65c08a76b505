import { useMutation } from '@apollo/client/react';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { written } from '../layout/written.ts';
import { paths, withIntent } from '../paths.ts';
import { texts } from '../texts.ts';
import { inPlainWords } from './faults.ts';
import { Notice } from './notice.tsx';
import { SendAgain } from './send-again.tsx';
import { accountTexts } from './texts.ts';

const RequestEndorsement = graphql(`
  mutation RequestEndorsement($input: RequestEndorsementInput!) {
    requestEndorsement(input: $input) {
      expiresAt
      userErrors {
        code
        field
        message
      }
    }
  }
`);

interface Typed {
  readonly displayName: string;
  readonly affiliation: string;
  readonly email: string;
  readonly statement: string;
}

interface Props {
  readonly articleId: string;
  readonly slug: string;
  /** Closes the form. */
  readonly onDone: () => void;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** The form of an endorsement without an account, and then what happens next: a link in a mail. */
export default function EndorseByMail({ articleId, slug, onDone }: Props) {
  const [requestEndorsement] = useMutation(RequestEndorsement);
  const [typed, setTyped] = useState<Typed>();
  const [isMailed, setMailed] = useState(false);
  const statement = useId();

  async function send(given: Typed) {
    const { data } = await requestEndorsement({
      variables: {
        input: {
          articleId,
          displayName: given.displayName,
          email: given.email,
          affiliation: orNull(given.affiliation),
          statement: orNull(given.statement),
        },
      },
    });
    const { expiresAt = null, userErrors = [] } = data?.requestEndorsement ?? {};
    if (expiresAt !== null) {
      setTyped(given);
      setMailed(true);
    }
    return inPlainWords(userErrors);
  }

  if (isMailed && typed !== undefined) {
    return (
      <div className="endorse-by-mail">
        <Notice>
          <p>{accountTexts.endorsementMailed(typed.email)}</p>
        </Notice>
        <p className="hint">{accountTexts.endorsementMailedHint}</p>
        <SendAgain send={() => send(typed)} />
        <div className="form-foot">
          <button type="button" onClick={() => setMailed(false)}>
            {accountTexts.otherAddress}
          </button>
          <button type="button" onClick={onDone}>
            {accountTexts.close}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="endorse-by-mail">
      <p className="hint">{texts.endorseMeans}</p>
      <p>{accountTexts.endorseByMail}</p>
      <FieldsForm
        action={accountTexts.sendLink}
        pending={accountTexts.sendingLink}
        focusesFirst
        fields={[
          {
            name: 'displayName',
            label: accountTexts.endorserName,
            type: 'text',
            autoComplete: 'name',
            initial: typed?.displayName,
          },
          {
            name: 'affiliation',
            label: texts.endorseAffiliation,
            type: 'text',
            autoComplete: 'off',
            initial: typed?.affiliation,
            isOptional: true,
          },
          {
            name: 'email',
            label: texts.email,
            hint: accountTexts.endorserEmailHint,
            type: 'email',
            autoComplete: 'email',
            initial: typed?.email,
          },
        ]}
        send={(valueOf) =>
          send({
            displayName: valueOf('displayName').trim(),
            affiliation: valueOf('affiliation'),
            email: valueOf('email').trim(),
            statement: valueOf('statement'),
          })
        }
      >
        <div className="field">
          <label htmlFor={statement}>{texts.endorseStatement}</label>
          <textarea {...written} id={statement} name="statement" rows={3} defaultValue={typed?.statement} />
        </div>
      </FieldsForm>
      <p className="form-foot">
        <button type="button" onClick={onDone}>
          {texts.cancel}
        </button>
        <Link href={paths.signIn(withIntent(`${paths.article(slug)}#endorsements`, 'endorse'))}>
          {texts.signInToEndorse}
        </Link>
      </p>
    </div>
  );
}
