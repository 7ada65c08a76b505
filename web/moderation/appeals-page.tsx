import { PageHead } from '../layout/page-head.tsx';
import { moderationTexts as words } from './texts.ts';

export default function AppealsPage() {
  return (
    <>
      <PageHead title={words.appeals} />
      <h1 tabIndex={-1}>{words.appeals}</h1>
    </>
  );
}
