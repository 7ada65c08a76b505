import { type ReactNode } from 'react';

interface Props {
  /** Of the heading. */
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A section of the account's page. */
export function Section({ id, title, children }: Props) {
  return (
    <section className="account-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
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
