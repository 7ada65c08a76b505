import { useEffect, useRef, useState } from 'react';
import { accountTexts } from './texts.ts';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { askPasskey, canFillIn, canUsePasskeys, NoPasskey } from './passkey.ts';
import { BeginPasskeySignIn, FinishPasskeySignIn } from './passkey-documents.ts';
import { useReader } from '../session/reader-context.ts';
import { begin } from '../session/begin.ts';
import { type Reader } from '../session/session.ts';

/** A challenge is valid for five minutes. */
const renewMs = 240_000;

/**
 * Signs the reader in with a passkey.
 * @param waiting as in `askPasskey`
 * @returns why not; undefined: it has
 * @throws NoPasskey
 */
async function signIn(reader: Reader, waiting?: AbortSignal): Promise<string | undefined> {
  const { apollo } = reader;
  const begun = await apollo.mutate({ mutation: BeginPasskeySignIn });
  const options = begun.data?.beginPasskeySignIn.options;
  if (options == null) return texts.unreachable;
  const response = await askPasskey(options, waiting);
  const { data } = await apollo.mutate({
    mutation: FinishPasskeySignIn,
    variables: { input: { response } },
  });
  const answer = data?.finishPasskeySignIn;
  if (answer && begin(reader, answer)) return undefined;
  const [refusal] = answer?.userErrors ?? [];
  if (!refusal) return texts.unreachable;
  return refusal.code === 'PASSKEY_COPIED' ? accountTexts.passkeyCopied : accountTexts.passkeyUnknown;
}

interface Props {
  readonly isPrimary?: boolean;
  /** Whether the browser also offers passkeys in the field of the address (`autocomplete="username webauthn"`). */
  readonly fillsIn?: boolean;
  readonly onSignedIn: () => void;
}

/** Button that signs in with a passkey; nothing where the browser has none. */
export function PasskeySignIn({ isPrimary = false, fillsIn = false, onSignedIn }: Props) {
  const reader = useReader();
  const isUnderWay = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const waiting = useRef<AbortController>(undefined);
  const [turn, setTurn] = useState(0);
  const signedIn = useRef(onSignedIn);
  useEffect(() => {
    signedIn.current = onSignedIn;
  });
  useEffect(() => {
    if (!fillsIn) return;
    const question = new AbortController();
    waiting.current = question;
    // The challenge is not valid for longer: it is asked anew.
    const renewal = setTimeout(() => setTurn(turn + 1), renewMs);
    void (async () => {
      try {
        if (!(await canFillIn()) || question.signal.aborted) return;
        const refusal = await signIn(reader, question.signal);
        if (question.signal.aborted) return;
        if (refusal === undefined) signedIn.current();
        else setTrouble(refusal);
      } catch (error) {
        // Nobody has asked for it: the form and the button are there.
        if (!(error instanceof NoPasskey) && !question.signal.aborted)
          setTrouble(messageOf(error) ?? texts.unreachable);
      }
    })();
    return () => {
      clearTimeout(renewal);
      question.abort();
    };
  }, [fillsIn, reader, turn]);
  if (!canUsePasskeys()) return null;

  async function run() {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    // A browser asks one question at a time.
    waiting.current?.abort();
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
    setTurn(turn + 1);
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
