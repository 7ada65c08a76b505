import { lazy, Suspense, useId, useState } from 'react';
import { Field } from '../layout/field.tsx';
import { Loading } from '../layout/messages.tsx';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';

// Loaded on demand, because it includes the Markdown parser.
const Preview = lazy(() => import('./preview.tsx'));

interface Props {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The article's text, with a preview beside or below it. */
export function BodyField({ value, error, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={isOpen ? 'body-field has-preview' : 'body-field'}>
      <Field label={texts.articleBody} hint={texts.articleBodyHint} error={error}>
        {(control) => (
          <textarea
            {...written}
            {...control}
            className="body-source"
            rows={18}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      <div className="body-preview">
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
          {texts.preview}
        </button>
        <section id={id} hidden={!isOpen} aria-label={texts.preview}>
          {isOpen && (
            <>
              <p className="hint">{texts.previewHint}</p>
              <Suspense fallback={<Loading />}>
                <Preview body={value} />
              </Suspense>
            </>
          )}
        </section>
      </div>
    </div>
  );
}
