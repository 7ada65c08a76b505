import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { TestApp, TestUser } from './app.ts';

/*
 * An authenticator as a browser shows it to a page: ES256 keys, attestation "none", user verified. What it answers is made of
 * the bytes that WebAuthn describes, and each part can be made wrong.
 */

/** What is wrong about an answer; absent: nothing. */
export interface Flaw {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  /** Without the user’s fingerprint or PIN. */
  readonly unverified?: boolean;
  /** The number of the signature. */
  readonly counter?: number;
  /** Signed by another key. */
  readonly foreignKey?: boolean;
  readonly userHandle?: string;
  /** Asked for within a page of another site. */
  readonly framed?: boolean;
}

/** A key of an authenticator. */
export interface Credential {
  readonly credentialId: Buffer;
  readonly privateKey: KeyObject;
  readonly userHandle: string;
}

const base64url = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

/** CBOR of what an attestation consists of: whole numbers up to 65,535 in size, bytes, texts and maps. */
function cbor(value: number | string | Buffer | Map<number | string, unknown>): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, each]) => [cbor(key), cbor(each as number)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  if (size < 256) return Buffer.from([(major << 5) | 24, size]);
  return Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
}

/** A person's device, at the pages of one origin. */
export class Authenticator {
  readonly #origin: string;
  #counter = 0;

  /** @param url the service's address; browsers know a service on this machine as localhost */
  constructor(url: string) {
    this.#origin = new URL(url).origin.replace('127.0.0.1', 'localhost');
  }

  /** Makes a key, as `navigator.credentials.create` does. @returns the answer as JSON, and the key */
  create(options: string, flaw: Flaw = {}): { response: string; credential: Credential } {
    const { challenge, rp, user } = JSON.parse(options);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const key = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    const credentialId = randomBytes(16);
    const length = Buffer.from([0, credentialId.length]);
    const made = Buffer.concat([Buffer.alloc(16), length, credentialId, cbor(key)]);
    const authData = Buffer.concat([this.#head(rp.id, 0x40, flaw), made]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    const response = {
      clientDataJSON: base64url(this.#clientData('webauthn.create', challenge, flaw)),
      attestationObject: base64url(cbor(attestation)),
      transports: ['internal', 'something new'],
    };
    return {
      response: this.#answer(credentialId, response),
      credential: { credentialId, privateKey, userHandle: user.id },
    };
  }

  /** Signs, as `navigator.credentials.get` does. @returns the answer as JSON */
  sign(options: string, { credentialId, privateKey, userHandle }: Credential, flaw: Flaw = {}): string {
    const { challenge, rpId } = JSON.parse(options);
    const authenticatorData = this.#head(rpId, 0, flaw);
    const clientData = this.#clientData('webauthn.get', challenge, flaw);
    const key = flaw.foreignKey ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : privateKey;
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), key);
    return this.#answer(credentialId, {
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authenticatorData),
      signature: base64url(signature),
      userHandle: flaw.userHandle ?? userHandle,
    });
  }

  #head(rpId: string, more: number, flaw: Flaw): Buffer {
    this.#counter += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(flaw.counter ?? this.#counter);
    const flags = 0x01 | (flaw.unverified ? 0 : 0x04) | more;
    return Buffer.concat([sha256(flaw.rpId ?? rpId), Buffer.from([flags]), counter]);
  }

  #clientData(type: string, challenge: string, flaw: Flaw): string {
    const { origin = this.#origin } = flaw;
    return JSON.stringify({
      type: flaw.type ?? type,
      challenge: flaw.challenge ?? challenge,
      origin,
      crossOrigin: flaw.framed === true,
    });
  }

  #answer(credentialId: Buffer, response: object): string {
    const id = base64url(credentialId);
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
  }
}

const results: Readonly<Record<string, string>> = {
  beginPasskeySignIn: 'options expiresAt',
  finishPasskeySignIn: 'session { accessToken refreshToken } viewer { id } secondStep { token }',
  signInWithRecoveryCode: 'session { accessToken refreshToken } viewer { id }',
  signIn: 'session { accessToken refreshToken } viewer { id } secondStep { token expiresAt }',
  resetPassword: 'session { accessToken } viewer { id } secondStep { token }',
  beginPasskeyProof: 'options expiresAt',
  beginAddPasskey: 'options expiresAt',
  addPasskey: 'passkey { id name createdAt usedAt }',
  renamePasskey: 'viewer { passkeys { id name } }',
  removePasskey: 'viewer { passkeys { id } recoveryCodesLeft }',
  createRecoveryCodes: 'codes',
  proveByPasskey: 'provenUntil',
  proveByPassword: 'provenUntil',
};

/** Sends one of the mutations about passkeys and sign-ins. @returns its payload; for want of a proof, one with that as a user error */
export async function passkeys(app: TestApp, name: string, input?: object, token?: string): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const [declared, given] = input ? [`($input: ${type})`, '(input: $input)'] : ['', ''];
  const document = `mutation ${declared} { ${name}${given} { ${results[name]} userErrors { code field message } } }`;
  const answer = await app.query(document, input ? { input } : {}, token === undefined ? {} : { token });
  const code = answer.errors?.[0]?.extensions.code;
  if (code === 'PROOF_REQUIRED') return { userErrors: [{ code }] };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data[name];
}

/** Adds a passkey to an account. @returns its key, its id and its name */
export async function addPasskey(
  app: TestApp,
  { token }: Pick<TestUser, 'token'>,
  device: Authenticator,
  name = 'A device',
): Promise<Credential & { id: string }> {
  const begun = await passkeys(app, 'beginAddPasskey', undefined, token);
  const { response, credential } = device.create(begun.options);
  const { passkey } = await passkeys(app, 'addPasskey', { response, name }, token);
  return { ...credential, id: passkey.id };
}

/** Makes a session count as proven, or not any more. */
export async function setProven(app: TestApp, token: string, at: Date | null): Promise<void> {
  const { sid } = decodeJwt(token);
  await app.app.db.query('UPDATE session SET proven_at = $2 WHERE id = $1', [sid, at]);
}

export async function makeRecoveryCodes(app: TestApp, { token }: Pick<TestUser, 'token'>): Promise<string[]> {
  const made = await passkeys(app, 'createRecoveryCodes', undefined, token);
  return made.codes;
}
