import { type Fault } from '../layout/use-faults.ts';
import { accountTexts } from './texts.ts';

/** Refusals with a text for readers where the service's is for programmers. */
export const inPlainWords = (faults: readonly Fault[]): readonly Fault[] =>
  faults.map((fault) => (fault.code === 'MAIL_OFF' ? { ...fault, message: accountTexts.mailOff } : fault));
