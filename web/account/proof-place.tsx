import { lazy, Suspense, useSyncExternalStore } from 'react';
import { useReader } from '../session/reader-context.ts';

const ProofDialog = lazy(() => import('./proof-dialog.tsx'));

/** The place of the dialog that asks who the reader is. */
export function ProofPlace() {
  const { proof } = useReader();
  const isOpen = useSyncExternalStore(proof.subscribe, () => proof.isOpen);
  return isOpen ? (
    <Suspense fallback={null}>
      <ProofDialog />
    </Suspense>
  ) : null;
}
