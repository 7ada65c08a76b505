import { holding, type TextDeclarations } from '../../platform/text/written-text.ts';
import { accountName } from '../people/account/account.rules.ts';
import { maxDescriptionLength, maxTitleLength } from './campaign/funding.policy.ts';

export const fundingTexts: TextDeclarations = {
  ...holding(
    { form: 'LINE', max: maxTitleLength, screening: 'NONE' },
    'Milestone.title',
    'MilestoneInput.title',
  ),
  ...holding(
    { form: 'TEXT', max: maxDescriptionLength, screening: 'NONE' },
    'Milestone.description',
    'MilestoneInput.description',
  ),
  'Backer.name': accountName,
  ...holding(
    'NO_TEXT',
    'LedgerEntry.pseudonym',
    'LedgerTransaction.hash',
    'LedgerTransaction.previousHash',
    'Payout.destination',
    'Payout.failureCode',
    'PayOutInput.destination',
    'Pledge.failureCode',
    'Pledge.pseudonym',
  ),
};
