import { useState } from 'react';
import { FaultBoundary } from '../layout/fault-boundary.tsx';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { texts } from '../texts.ts';

// Few readers open it.
const ledgerPart = partOf(() => import('../ledger/public-ledger.tsx'));

interface Props {
  readonly slug: string;
  readonly campaignId: string;
}

/** The campaign's public ledger, which is loaded when it is opened. */
export function Ledger(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="ledger" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{texts.ledger}</summary>
      {isOpen && (
        <FaultBoundary>
          <PartOfPage part={ledgerPart} props={props} />
        </FaultBoundary>
      )}
    </details>
  );
}
