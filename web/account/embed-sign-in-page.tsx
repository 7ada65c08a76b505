import { useMutation } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { pageRoutes } from '../../src/platform/http/paths.ts';
import { operations, removeMutation } from '../embed/documents.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { written } from '../layout/written.ts';
import { openedBy } from '../opened-by.ts';
import { paths } from '../paths.ts';
import { useViewer, type Viewer } from '../session/reader-context.ts';
import { readStored, writeStored } from '../storage.ts';
import { texts } from '../texts.ts';
import { accountTexts as words } from './texts.ts';
import { CreateToken, RevokeToken } from './token-documents.ts';

/*
 * The window in which a page of another site lets its reader sign in. What the page gets is a token that runs the operations of
 * `<standfirst-thread>` and no others, after the reader has agreed here, by the name of the site.
 */

/** How long a token is valid, in milliseconds: 30 days. */
const lifetimeMs = 30 * 86_400_000;

const endOfLife = (): string => new Date(Date.now() + lifetimeMs).toISOString();

/** How long this window has to be in front before its button works: the second click of two is not to land on it. */
const guardMs = 700;

/** Ids of the tokens that this browser has handed over, by the origin of the site. */
const handedOverKey = 'standfirst.embed-tokens';

const isHandedOver = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((id) => typeof id === 'string');

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * What the site may do for an account. A token has the rights of its account, so that the operation which removes the own comments of
 * readers would remove anybody's for moderators: their tokens do without it.
 */
const operationsFor = ({ roles }: Viewer): readonly string[] =>
  roles.every((role) => role === 'READER' || role === 'JOURNALIST')
    ? operations
    : operations.filter((text) => text !== removeMutation);

const digestOf = async (text: string): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** Whether this window has been in front for a while. */
function useGuard(): boolean {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setOpen(true), guardMs);
    };
    const end = () => {
      clearTimeout(timer);
      setOpen(false);
    };
    if (document.hasFocus()) begin();
    addEventListener('focus', begin);
    addEventListener('blur', end);
    return () => {
      clearTimeout(timer);
      removeEventListener('focus', begin);
      removeEventListener('blur', end);
    };
  }, []);
  return isOpen;
}

export default function EmbedSignInPage() {
  const viewer = useViewer();
  const [, navigate] = useLocation();
  const isSignedOut = viewer === null;
  useEffect(() => {
    if (isSignedOut) navigate(paths.signIn(pageRoutes.embedSignIn), { replace: true });
  }, [isSignedOut, navigate]);
  if (!viewer) return <Loading />;
  return (
    <div className="page narrow-page">
      <PageHead title={words.embedTitle} />
      <h1 tabIndex={-1}>{words.embedTitle}</h1>
      {/* A sign-in that led through another site has lost the window that waits. */}
      {openedBy !== undefined && window.opener ? (
        <Consent site={openedBy} viewer={viewer} opener={window.opener as Window} />
      ) : (
        <p>{words.embedAgain(viewer.name)}</p>
      )}
    </div>
  );
}

interface Props {
  readonly site: string;
  readonly viewer: Viewer;
  readonly opener: Window;
}

function Consent({ site, viewer, opener }: Props) {
  const [createToken] = useMutation(CreateToken);
  const [revokeToken] = useMutation(RevokeToken);
  const [state, setState] = useState<'sending' | 'done'>();
  const [fault, setFault] = useState<string>();
  const isGuardOpen = useGuard();
  const isOwn = site === location.origin;
  const name = isOwn ? words.embedFrame : new URL(site).host;

  async function handOver() {
    setState('sending');
    setFault(undefined);
    try {
      const handedOver = readStored(handedOverKey, isHandedOver) ?? {};
      const expiresAt = endOfLife();
      const documents = await Promise.all(operationsFor(viewer).map(digestOf));
      // This browser's last token for the site is of no use any more.
      const earlier = handedOver[site];
      if (earlier !== undefined)
        await revokeToken({ variables: { input: { tokenId: earlier } } }).catch(() => undefined);
      const { data } = await createToken({
        variables: { input: { name: words.embedTokenName(name).slice(0, 80), documents, expiresAt } },
      });
      const { secret, token, userErrors } = data?.createToken ?? {};
      if (secret == null || !token) {
        setState(undefined);
        setFault(userErrors?.[0]?.message ?? texts.unreachable);
        return;
      }
      writeStored(handedOverKey, { ...handedOver, [site]: token.id });
      // The browser delivers it to a page of this origin or to nobody.
      opener.postMessage({ type: 'standfirst-token', token: secret, expiresAt }, site);
      setState('done');
      window.close();
    } catch (error) {
      setState(undefined);
      setFault(messageOf(error) ?? texts.unreachable);
    }
  }

  if (state === 'done') return <p role="status">{words.embedDone}</p>;
  if (!isSecureContext) return <p role="alert">{words.embedInsecure}</p>;
  return (
    <>
      <p>{words.embedAsks(name)}</p>
      <p {...written} className="embed-person">
        {viewer.name}
      </p>
      <ul>
        {words.embedMay.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p className="hint">{words.embedMayNot}</p>
      {fault !== undefined && (
        <p className="field-error" role="alert">
          {fault}
        </p>
      )}
      <p className="embed-buttons">
        <button
          type="button"
          className="button button-primary"
          disabled={!isGuardOpen || state === 'sending'}
          onClick={() => void handOver()}
        >
          {words.embedAgree(viewer.name)}
        </button>{' '}
        <button type="button" className="button" onClick={() => window.close()}>
          {words.embedDecline}
        </button>
      </p>
    </>
  );
}
