import { partOf, PartOfPage } from '../layout/part.tsx';

// Few readers ever open one of them.
const reportPart = partOf(() => import('../decisions/report-form.tsx'));
const removalPart = partOf(() => import('./removal-form.tsx'));

/** A form below a comment of somebody else that asks for a reason. */
export type AskedForm = 'report' | 'removal';

interface Props {
  readonly commentId: string;
  readonly authorName: string | null;
  readonly asked: AskedForm;
  readonly onClose: () => void;
}

/** Reports the comment, or removes it as a moderator. */
export function ReasonedForm({ asked, commentId, authorName, onClose }: Props) {
  if (asked === 'report')
    return <PartOfPage part={reportPart} props={{ commentId, onClose }} fallback={null} />;
  return <PartOfPage part={removalPart} props={{ commentId, authorName, onClose }} fallback={null} />;
}
