import { type Fault } from '../layout/use-faults.ts';
import { accountTexts } from './texts.ts';

/** Whether this browser can use passkeys: on a page by TLS or of this machine, and not at an IP address. */
export const canUsePasskeys = (): boolean =>
  isSecureContext &&
  typeof PublicKeyCredential === 'function' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function' &&
  !/^[\d.]+$|^\[/.test(location.hostname);

/** Why the browser gave no passkey: the reader has let it be, or the device has one for this account already. */
export class NoPasskey extends Error {
  override readonly name = 'NoPasskey';
  readonly isKnown: boolean;

  constructor(cause: unknown) {
    super('The browser gave no passkey', { cause });
    this.isKnown = cause instanceof DOMException && cause.name === 'InvalidStateError';
  }
}

const answerOf = async (asked: Promise<Credential | null>): Promise<string> => {
  const credential = await asked.catch((error: unknown) => {
    throw new NoPasskey(error);
  });
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey(credential);
  return JSON.stringify(credential.toJSON());
};

/** Whether this browser offers passkeys in the field of a form. */
export const canFillIn = async (): Promise<boolean> =>
  canUsePasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable());

/**
 * Asks for a passkey.
 * @param options JSON of the service
 * @param waiting ends the question, which the browser then asks in the field of a form; absent: it asks at once
 * @returns JSON for the service
 * @throws NoPasskey
 */
export function askPasskey(options: string, waiting?: AbortSignal): Promise<string> {
  const parsed = JSON.parse(options) as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(parsed);
  const asked = waiting ? { publicKey, mediation: 'conditional' as const, signal: waiting } : { publicKey };
  return answerOf(navigator.credentials.get(asked));
}

/** Has a passkey made. @param options JSON of the service @returns JSON for the service @throws NoPasskey */
export function makePasskey(options: string): Promise<string> {
  const parsed = JSON.parse(options) as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(parsed);
  return answerOf(navigator.credentials.create({ publicKey }));
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
