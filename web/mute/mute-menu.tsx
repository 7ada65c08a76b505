import { type ComponentProps, useState } from 'react';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import type MuteChoices from './mute-choices.tsx';

// Loaded when the menu opens, as is what is muted: most readers mute nothing.
const part = partOf(() => import('./mute-choices.tsx'));

/** A button that opens what may be muted here, for readers who are signed in. */
export function MuteMenu(props: ComponentProps<typeof MuteChoices>) {
  const { isSignedIn } = useReader();
  const [isOpen, setOpen] = useState(false);
  if (!isSignedIn) return null;
  return (
    <>
      <button
        type="button"
        className="link-button mute-button"
        aria-expanded={isOpen}
        aria-label={texts.mute}
        title={texts.mute}
        onClick={() => setOpen(!isOpen)}
      >
        {'slug' in props.of ? texts.mute : '⋯'}
      </button>
      {isOpen && <PartOfPage part={part} props={props} fallback={null} />}
    </>
  );
}
