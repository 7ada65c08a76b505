import { type ApolloClient } from '@apollo/client';
import { type OwnerProofInput } from '../graphql/generated/graphql.ts';
import { type FormField } from '../layout/fields-form.tsx';
import { type Fault } from '../layout/use-faults.ts';
import { askPasskey, canUsePasskeys, NoPasskey } from './passkey.ts';
import { BeginPasskeyProof } from './passkey-documents.ts';
import { accountTexts } from './texts.ts';

/** What the reader's account can be proven by. */
export interface Provable {
  readonly hasPassword: boolean;
  readonly hasPasskey: boolean;
}

/** The field of a form that asks who the reader is; none where there is no password: then a passkey or a fresh sign-in says it. */
export const proofFields = ({ hasPassword, hasPasskey }: Provable): readonly FormField[] => {
  if (!hasPassword) return [];
  const mayUse = hasPasskey && canUsePasskeys();
  const field: FormField = {
    name: 'proof.currentPassword',
    label: accountTexts.currentPassword,
    type: 'password',
    autoComplete: 'current-password',
    isOptional: mayUse,
    ...(mayUse ? { hint: accountTexts.passwordOrPasskey } : {}),
  };
  return [field];
};

/** The proof that a form gives: the password, or where that is empty the signature of a passkey. @throws NoPasskey */
export async function proofOf(
  apollo: ApolloClient,
  currentPassword: string,
  { hasPassword, hasPasskey }: Provable,
): Promise<OwnerProofInput> {
  const without = hasPassword ? { currentPassword } : {};
  if (currentPassword !== '' || !hasPasskey || !canUsePasskeys()) return without;
  const { data } = await apollo.mutate({ mutation: BeginPasskeyProof });
  const options = data?.beginPasskeyProof.options;
  return options == null ? without : { passkey: await askPasskey(options) };
}

/** Runs what asks the browser for passkeys. @returns a message in place of `NoPasskey` */
export async function orNoPasskey(work: () => Promise<readonly Fault[]>): Promise<readonly Fault[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NoPasskey)) throw error;
    const message = error.isKnown ? accountTexts.passkeyIsKnown : accountTexts.noPasskey;
    return [{ field: null, message }];
  }
}
