import { useRef, useState } from 'react';
import { accountTexts } from './texts.ts';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { askPasskey, canUsePasskeys, NoPasskey } from './passkey.ts';
import { BeginPasskeySignIn, FinishPasskeySignIn } from './passkey-documents.ts';
import { useReader } from '../session/reader-context.ts';
import { begin } from '../session/begin.ts';
import { type Reader } from '../session/session.ts';

/** Signs the reader in with a passkey. @returns why not; undefined: it has @throws NoPasskey */
async function signIn(reader: Reader): Promise<string | undefined> {
  const { apollo } = reader;
  const begun = await apollo.mutate({ mutation: BeginPasskeySignIn });
  const options = begun.data?.beginPasskeySignIn.options;
  if (options == null) return texts.unreachable;
  const response = await askPasskey(options);
  const { data } = await apollo.mutate({
    mutation: FinishPasskeySignIn,
    variables: { input: { response } },
  });
  const answer = data?.finishPasskeySignIn;
  if (answer && begin(reader, answer)) return undefined;
  return answer?.userErrors.length ? accountTexts.passkeyUnknown : texts.unreachable;
}

interface Props {
  readonly isPrimary?: boolean;
  readonly onSignedIn: () => void;
}

/** Button that signs in with a passkey; nothing where the browser has none. */
export function PasskeySignIn({ isPrimary = false, onSignedIn }: Props) {
  const reader = useReader();
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  if (!canUsePasskeys()) return null;

  async function run() {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setBusy(true);
    setTrouble(undefined);
    try {
      const refusal = await signIn(reader);
      if (refusal === undefined) onSignedIn();
      else setTrouble(refusal);
    } catch (error) {
      setTrouble(
        error instanceof NoPasskey ? accountTexts.noPasskey : (messageOf(error) ?? texts.unreachable),
      );
    }
    isUnderWay.current = false;
    setBusy(false);
  }

  return (
    <div className="passkey-sign-in">
      <button
        type="button"
        className={isPrimary ? 'button-primary' : undefined}
        aria-disabled={isBusy}
        onClick={() => void run()}
      >
        {isBusy ? texts.signingIn : accountTexts.passkeySignIn}
      </button>
      <div role="alert">{trouble !== undefined && <p className="field-error">{trouble}</p>}</div>
    </div>
  );
}
