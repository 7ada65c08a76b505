import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { ownDataPath } from '../../src/platform/http/paths.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { RequestErasure } from './documents.ts';
import { Folded, Section } from './section.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  /** Whether its erasure was asked for. */
  readonly isPending: boolean;
}

/** What is stored of the account, and its erasure. */
export function OwnData({ isPending }: Props) {
  return (
    <Section id="data" title={accountTexts.data}>
      <Download />
      {!isPending && <Erasure />}
    </Section>
  );
}

type Loading = 'no' | 'under way' | 'done' | 'failed';

function Download() {
  const reader = useReader();
  const [loading, setLoading] = useState<Loading>('no');

  async function load() {
    setLoading('under way');
    try {
      const url = URL.createObjectURL(await reader.document(ownDataPath));
      const link = document.createElement('a');
      link.href = url;
      link.download = 'account.json';
      link.click();
      URL.revokeObjectURL(url);
      setLoading('done');
    } catch {
      setLoading('failed');
    }
  }

  const isBusy = loading === 'under way';
  return (
    <div className="account-part">
      <p className="hint">{accountTexts.downloadHint}</p>
      <button
        type="button"
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) void load();
        }}
      >
        {isBusy ? accountTexts.downloading : accountTexts.download}
      </button>
      <p role="status" className={loading === 'failed' ? 'field-error' : 'hint'}>
        {loading === 'done' && accountTexts.downloaded}
        {loading === 'failed' && accountTexts.notDownloaded}
      </p>
    </div>
  );
}

function Erasure() {
  const [request] = useMutation(RequestErasure);
  return (
    <Folded title={accountTexts.erase}>
      <p>{accountTexts.eraseHint}</p>
      <FieldsForm
        action={accountTexts.eraseAction}
        pending={texts.sending}
        isDangerous
        fields={[]}
        send={async () => (await request()).data?.requestErasure.userErrors ?? []}
      />
    </Folded>
  );
}
