import { useMutation } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { ownPicturePath } from '../../src/platform/http/paths.ts';
import { Portrait } from '../layout/portrait.tsx';
import { loadViewer, useReader, type Viewer } from '../session/reader-context.ts';
import { RemovePicture } from './documents.ts';
import { accountTexts } from './texts.ts';

type State = 'idle' | 'sending' | 'saved' | 'removed' | 'refused' | 'often' | 'failed';

/** As many bytes as the service takes. */
const maxBytes = 5_000_000;

/** The reader's picture: another one is sent as soon as it is chosen. */
export function Picture({ viewer, canSend }: { readonly viewer: Viewer; readonly canSend: boolean }) {
  const { name, avatarUrl } = viewer.commentAuthor;
  const reader = useReader();
  const [removePicture] = useMutation(RemovePicture);
  const [state, setState] = useState<State>('idle');
  const input = useRef<HTMLInputElement>(null);
  if (!canSend && avatarUrl === null) return null;

  async function run(command: () => Promise<State>) {
    if (state === 'sending') return;
    setState('sending');
    setState(await command().catch((): State => 'failed'));
  }

  async function send(file: File): Promise<State> {
    if (file.size > maxBytes) return 'refused';
    const { status } = await reader.send(ownPicturePath, file);
    if (status === 429) return 'often';
    if (status === 413 || status === 422) return 'refused';
    if (status !== 200) return 'failed';
    await loadViewer(reader);
    return 'saved';
  }

  async function remove(): Promise<State> {
    const { data } = await removePicture();
    return data?.removePicture.viewer ? 'removed' : 'failed';
  }

  const isTrouble = state === 'refused' || state === 'often' || state === 'failed';
  return (
    <div className="account-part">
      <h3>{accountTexts.picture}</h3>
      <p className="account-email">
        <Portrait name={name} photoUrl={avatarUrl} size={112} />
      </p>
      {canSend && (
        <>
          <label htmlFor="picture-file">{accountTexts.choosePicture}</label>
          <input
            ref={input}
            id="picture-file"
            type="file"
            accept="image/jpeg,image/png,image/webp"
            aria-describedby="picture-hint"
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file)
                void run(() => send(file)).then(() => {
                  // The same file can be chosen again.
                  if (input.current) input.current.value = '';
                });
            }}
          />
          <p className="hint" id="picture-hint">
            {accountTexts.pictureHint}
          </p>
        </>
      )}
      {avatarUrl !== null && (
        <button type="button" aria-disabled={state === 'sending'} onClick={() => void run(remove)}>
          {accountTexts.removePicture}
        </button>
      )}
      <p role="status" className={isTrouble ? 'field-error' : 'hint'}>
        {accountTexts.pictureStates[state]}
      </p>
    </div>
  );
}
