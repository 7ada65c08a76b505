import { PageHead } from '../layout/page-head.tsx';
import { moderationTexts as words } from './texts.ts';

export default function WordsPage() {
  return (
    <>
      <PageHead title={words.words} />
      <h1 tabIndex={-1}>{words.words}</h1>
    </>
  );
}
