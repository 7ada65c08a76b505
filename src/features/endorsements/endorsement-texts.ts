import { holding, type TextDeclarations } from '../../platform/text/written-text.ts';
import { accountName } from '../people/account/account.rules.ts';
import { maxAffiliationLength, maxStatementLength } from './endorsement.rules.ts';

export const endorsementTexts: TextDeclarations = {
  ...holding(
    accountName,
    'Endorsement.displayName',
    'MailedEndorsement.displayName',
    'RequestEndorsementInput.displayName',
  ),
  ...holding(
    { form: 'LINE', max: maxAffiliationLength, screening: 'NONE' },
    'Endorsement.affiliation',
    'MailedEndorsement.affiliation',
    'EndorseInput.affiliation',
    'RequestEndorsementInput.affiliation',
  ),
  ...holding(
    { form: 'TEXT', max: maxStatementLength, screening: 'NONE' },
    'Endorsement.statement',
    'MailedEndorsement.statement',
    'EndorseInput.statement',
    'RequestEndorsementInput.statement',
  ),
  ...holding(
    'NO_TEXT',
    'RequestEndorsementInput.email',
    'ConfirmEndorsementInput.token',
    'WithdrawMailedEndorsementInput.token',
  ),
};
