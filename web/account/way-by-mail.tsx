import { useQuery } from '@apollo/client/react';
import { paths } from '../paths.ts';
import { useViewer } from '../session/reader-context.ts';
import { SignInOptions } from './issuer-buttons.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  /** Where a link that signs in leads back to. */
  readonly next: string;
}

/** The way by mail of a reader whose account has no password: a link that signs in, where the service mails them, or a password. */
export function WayByMail({ next }: Props) {
  const viewer = useViewer();
  const { data } = useQuery(SignInOptions);
  const isReader = viewer?.roles.every((role) => role === 'READER') === true;
  return isReader && data?.signInOptions.mailsLinks === true ? (
    <a href={paths.signInByMail(next)}>{accountTexts.signInByMail}</a>
  ) : (
    <a href={paths.forgotPassword(paths.account)}>{accountTexts.getPassword}</a>
  );
}
