import { useState } from 'react';
import { initialOf } from '../../src/platform/text/plain.ts';

interface Props {
  readonly name: string;
  readonly photoUrl: string | null;
  /** Width and height, in pixels; the styles know each size. */
  readonly size: 24 | 48 | 112;
}

/**
 * A person's picture, or the initial if there is no picture or loading fails. Hidden from screen readers, since the
 * name is beside it.
 */
export function Portrait({ name, photoUrl, size }: Props) {
  const [failed, setFailed] = useState<string>();
  if (photoUrl === null || photoUrl === failed) {
    return (
      <span className={`portrait is-${size} is-monogram`} aria-hidden="true">
        {initialOf(name)}
      </span>
    );
  }
  return (
    <img
      className={`portrait is-${size}`}
      src={photoUrl}
      alt=""
      width={size}
      height={size}
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setFailed(photoUrl)}
    />
  );
}
