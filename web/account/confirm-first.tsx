import { useEffect } from 'react';
import { loadViewer, useReader, useViewer } from '../session/reader-context.ts';
import { MailConfirmation } from './mail-confirmation.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  /** What the account may do once its address is confirmed. */
  readonly purpose: keyof typeof accountTexts.confirmFirst;
  /** The page to which the mailed link leads in the end. */
  readonly next: string;
}

/** Stands in the place of what an account may not do before its address is confirmed. */
export default function ConfirmFirst({ purpose, next }: Props) {
  const reader = useReader();
  const viewer = useViewer();
  useEffect(() => {
    // The link opens in another tab; this one goes on once the reader is back.
    const look = () => {
      const { turn } = reader;
      void loadViewer(reader).then((now) => {
        if (now?.mustConfirmEmail === false && reader.turn === turn) reader.renew();
      });
    };
    addEventListener('focus', look);
    return () => removeEventListener('focus', look);
  }, [reader]);

  if (!viewer) return null;
  return (
    <div className="notice confirm-first">
      <p>{accountTexts.confirmFirst[purpose]}</p>
      <MailConfirmation viewer={viewer} next={next} />
    </div>
  );
}
