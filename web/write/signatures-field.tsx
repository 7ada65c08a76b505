import { useRef } from 'react';
import { formatNumber } from '../format.ts';
import { Field } from '../layout/field.tsx';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { emptySignature, isBlank, type SignatureValues } from './form-values.ts';

interface Props {
  readonly value: readonly SignatureValues[];
  /** Message about a part of the value, by its path inside `input`. */
  readonly errorAt: (field: string) => string | undefined;
  readonly onChange: (value: readonly SignatureValues[]) => void;
}

const parts = [
  ['name', texts.signatureName],
  ['role', texts.signatureRole],
  ['organisation', texts.signatureOrganisation],
] as const;

/** The signatories of the text: rows that can be added and removed. */
export function SignaturesField({ value, errorAt, onChange }: Props) {
  const box = useRef<HTMLFieldSetElement>(null);
  const focusSoon = (selector: string) =>
    setTimeout(() => [...(box.current?.querySelectorAll<HTMLElement>(selector) ?? [])].at(-1)?.focus());

  return (
    <fieldset className="signatures-field" ref={box}>
      <legend>{texts.signatures}</legend>
      <p className="hint">{texts.signaturesHint}</p>
      {/* An error of the list as a whole: too many signatures. */}
      {!value.some((_, at) => errorAt(`signatures.${at}`)) && errorAt('signatures') !== undefined && (
        <p className="field-error">{errorAt('signatures')}</p>
      )}
      {value.map((row, at) => {
        // Empty rows are not sent, so the service's indexes skip them.
        const sentAt = value.slice(0, at).filter((before) => !isBlank(before)).length;
        const place = formatNumber(at + 1);
        return (
          <div key={at} className="signature-row" role="group" aria-label={texts.signature(place)}>
            {parts.map(([part, label]) => (
              <Field
                key={part}
                label={label}
                error={isBlank(row) ? undefined : errorAt(`signatures.${sentAt}.${part}`)}
              >
                {(control) => (
                  <input
                    {...written}
                    {...control}
                    value={row[part]}
                    onChange={({ target }) =>
                      onChange(
                        value.map((each, index) => (index === at ? { ...each, [part]: target.value } : each)),
                      )
                    }
                  />
                )}
              </Field>
            ))}
            <button
              type="button"
              aria-label={texts.removeSignature(place)}
              onClick={() => {
                onChange(value.filter((_, index) => index !== at));
                focusSoon('.signature-add');
              }}
            >
              {texts.remove}
            </button>
          </div>
        );
      })}
      <button
        type="button"
        className="signature-add"
        onClick={() => {
          onChange([...value, emptySignature]);
          focusSoon('.signature-row .field:first-child input');
        }}
      >
        {texts.addSignature}
      </button>
    </fieldset>
  );
}
