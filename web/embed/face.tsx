/** @jsxImportSource preact */
import { useState } from 'preact/hooks';

/** The picture of an author; without one, or while it can't be loaded, the first letter of the name. */
export function Face({ name, picture, isSmall = false }: FaceProps) {
  const [broken, setBroken] = useState<string>();
  const size = isSmall ? 'face small' : 'face';
  if (picture !== null && picture !== broken)
    return (
      <img
        class={size}
        src={picture}
        alt=""
        loading="lazy"
        decoding="async"
        referrerpolicy="no-referrer"
        onError={() => setBroken(picture)}
      />
    );
  return (
    <span class={size} aria-hidden="true">
      {[...name.trim()][0]?.toUpperCase() ?? '?'}
    </span>
  );
}

interface FaceProps {
  readonly name: string;
  readonly picture: string | null;
  readonly isSmall?: boolean;
}
