import { z } from 'zod';
import type { OpenChallenge } from '../../../platform/auth/challenges.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { CredentialKeyRow } from './passkey.queries.ts';

/*
 * What a browser sends for a passkey, checked by @simplewebauthn/server. The library is loaded on demand: it takes a third of
 * a second and 28 MB, for certificates of makers that nobody here asks for.
 */

const importLibrary = async () => ({
  ...(await import('@simplewebauthn/server')),
  ...(await import('@simplewebauthn/server/helpers')),
});

let library: ReturnType<typeof importLibrary> | undefined;

/** Loads the library; a node does so early, so that no request waits for it. */
export const loadWebauthn = (): ReturnType<typeof importLibrary> => (library ??= importLibrary());

/** Most characters of what a browser sends: an attestation without certificates has some 1,000. */
export const maxResponseLength = 16_384;

/** ES256, RS256 and EdDSA: what every authenticator has one of. */
export const algorithms = [-7, -257, -8];

/** Where passkeys of this service are used. */
export interface RelyingParty {
  /** The domain for which browsers keep them. */
  readonly id: string;
  readonly origins: readonly string[];
}

const base64url = z.string().regex(/^[\w-]+$/);
const credential = {
  id: base64url.max(1400),
  rawId: base64url.max(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
};
const creationForm = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string()).max(20).default([]),
  }),
});
const assertionForm = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});

/** What a new passkey answers, as `PublicKeyCredential.toJSON()`. */
export type Creation = z.infer<typeof creationForm>;
/** What a passkey answers that signs. */
export type Assertion = z.infer<typeof assertionForm>;

/** The refusal of every answer that is not right, whatever is wrong about it. */
export const wrongAnswer = (): Refusal => new Refusal('CHALLENGE_INVALID', ['response']);

function parse<T>(form: z.ZodType<T>, text: string): T {
  if (text.length > maxResponseLength) throw wrongAnswer();
  try {
    return form.parse(JSON.parse(text));
  } catch {
    throw wrongAnswer();
  }
}

/** @throws Refusal CHALLENGE_INVALID */
export const parseCreation = (text: string): Creation => parse(creationForm, text);
/** @throws Refusal CHALLENGE_INVALID */
export const parseAssertion = (text: string): Assertion => parse(assertionForm, text);

/** By which a passkey says whose it is. */
export const userHandleOf = (accountId: string): string => Buffer.from(accountId).toString('base64url');

const knownTransports = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

/** A passkey that its authenticator has just made. */
export interface CreatedKey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
}

/**
 * Refuses answers that were given in a frame of another site, whose page chooses what the person sees around it. The library
 * asks for nothing of this kind of a new passkey, and of a signature only where the browser names the page at the top.
 * @throws Refusal CHALLENGE_INVALID
 */
function requireUnframed(
  { decodeClientDataJSON }: Awaited<ReturnType<typeof loadWebauthn>>,
  data: string,
): void {
  const { crossOrigin, topOrigin } = decodeClientDataJSON(data);
  if (crossOrigin === true || topOrigin !== undefined) throw wrongAnswer();
}

/** Recognises the challenge that a browser was asked to meet; undefined for a wrong one. */
type Recogniser<Challenge> = (text: string) => Challenge | undefined;

/**
 * Checks the answer of a new passkey, which has verified its user. Certificates of makers are neither asked for nor looked at:
 * to check them, the library would ask other servers whether they were revoked.
 * @throws Refusal CHALLENGE_INVALID
 */
export async function verifyCreation<Challenge extends OpenChallenge>(
  answer: Creation,
  { id, origins }: RelyingParty,
  recognise: Recogniser<Challenge>,
): Promise<{ readonly key: CreatedKey; readonly challenge: Challenge }> {
  const webauthn = await loadWebauthn();
  let challenge: Challenge | undefined;
  try {
    requireUnframed(webauthn, answer.response.clientDataJSON);
    const attestation = webauthn.decodeAttestationObject(
      webauthn.isoBase64URL.toBuffer(answer.response.attestationObject),
    );
    const isPlain = attestation.get('fmt') === 'none' || attestation.get('fmt') === 'packed';
    if (!isPlain || attestation.get('attStmt').get('x5c') !== undefined) throw wrongAnswer();
    const { verified, registrationInfo } = await webauthn.verifyRegistrationResponse({
      response: { ...answer, response: { ...answer.response, transports: [] } },
      expectedChallenge: (text) => (challenge = recognise(text)) !== undefined,
      expectedOrigin: [...origins],
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified || !challenge) throw wrongAnswer();
    const { credential: made } = registrationInfo;
    const key = {
      credentialId: Buffer.from(made.id, 'base64url'),
      publicKey: Buffer.from(made.publicKey),
      counter: made.counter,
      transports: [...new Set(answer.response.transports)].filter((each) => knownTransports.has(each)),
    };
    if (key.credentialId.length > 1023 || key.publicKey.length > 4096) throw wrongAnswer();
    return { key, challenge };
  } catch {
    throw wrongAnswer();
  }
}

/**
 * Checks a signature by a passkey that has verified its user.
 * @returns the challenge that it meets, and the number of the signature
 * @throws Refusal CHALLENGE_INVALID
 */
export async function verifyAssertion(
  answer: Assertion,
  { id, origins }: RelyingParty,
  key: CredentialKeyRow,
  recognise: Recogniser<OpenChallenge>,
): Promise<{ readonly challenge: OpenChallenge; readonly counter: number }> {
  const webauthn = await loadWebauthn();
  let challenge: OpenChallenge | undefined;
  try {
    requireUnframed(webauthn, answer.response.clientDataJSON);
    const { userHandle, ...rest } = answer.response;
    const { verified, authenticationInfo } = await webauthn.verifyAuthenticationResponse({
      response: { ...answer, response: userHandle == null ? rest : { ...rest, userHandle } },
      expectedChallenge: (text) => (challenge = recognise(text)) !== undefined,
      expectedOrigin: [...origins],
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: key.credentialId.toString('base64url'),
        publicKey: new Uint8Array(key.publicKey),
        // Whoever notes the signature compares the numbers: a copy is told as what it is.
        counter: -1,
      },
    });
    if (!verified || !challenge) throw wrongAnswer();
    return { challenge, counter: authenticationInfo.newCounter };
  } catch {
    throw wrongAnswer();
  }
}
