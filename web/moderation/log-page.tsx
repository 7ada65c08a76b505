import { PageHead } from '../layout/page-head.tsx';
import { moderationTexts as words } from './texts.ts';

export default function LogPage() {
  return (
    <>
      <PageHead title={words.log} />
      <h1 tabIndex={-1}>{words.log}</h1>
    </>
  );
}
