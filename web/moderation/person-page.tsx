import { PageHead } from '../layout/page-head.tsx';
import { moderationTexts as words } from './texts.ts';

export default function PersonPage({ id }: { readonly id: string }) {
  return (
    <>
      <PageHead title={words.people} />
      <h1 tabIndex={-1}>{words.people}</h1>
      <p>{id}</p>
    </>
  );
}
