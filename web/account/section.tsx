import { type ReactNode, useEffect, useRef } from 'react';
import { isTarget } from '../layout/reading-place.ts';

interface Props {
  /** Of the heading. */
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A section of the account's page. The address may name it. */
export function Section({ id, title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isTarget(`#${id}`)) return;
    heading.current?.scrollIntoView();
    heading.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <section className="account-section" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** A form that few need, behind its name. @param props.isOpen whether it is open at first */
export function Folded({ title, isOpen, children }: Omit<Props, 'id'> & { readonly isOpen?: boolean }) {
  return (
    <details className="account-folded" open={isOpen}>
      <summary>{title}</summary>
      <div>{children}</div>
    </details>
  );
}
