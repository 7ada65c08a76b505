import { randomUUID } from 'node:crypto';
import { interlacedBomb, png, pngHeader } from '../../harness/data/hostile-pictures.ts';
import type { Attack } from './attack.ts';
import type { Attackers, Sent } from './attackers.ts';

const path = '/account/picture';

const sendPicture = (attackers: Attackers, from: string, token: string, body: Buffer): Promise<Sent> =>
  attackers.send(from, {
    method: 'POST',
    path,
    headers: { 'content-type': 'image/png', authorization: `Bearer ${token}` },
    body,
  });

const signUpQuery = `mutation U($input:SignUpInput!){signUp(input:$input){session{accessToken} userErrors{code}}}`;

/** @returns the access token of a new account */
async function signUp(attackers: Attackers): Promise<string> {
  const input = {
    email: `${randomUUID()}@example.org`,
    password: 'a password of nobody else',
    name: 'A sender',
  };
  const { text } = await attackers.post(attackers.newAddress(), { query: signUpQuery, variables: { input } });
  const [, token] = /"accessToken":"([^"]+)"/.exec(text) ?? [];
  if (token === undefined) throw new Error(`Sign-up failed: ${text.slice(0, 200)}`);
  return token;
}

/** Decoding takes memory by format, interlacing and depth, which a small file chooses. */
export const largePictures: Attack = {
  title: 'Pictures of 40 megapixels, interlaced, of 16 bits, and a plain one after them',
  async send(attackers) {
    const [reader = ''] = attackers.targets.readers;
    const bombs = [await interlacedBomb(), pngHeader(8000, 5000, { depth: 16, isInterlaced: false })];
    for (const bomb of bombs) {
      const { status } = await sendPicture(attackers, attackers.newAddress(), reader, bomb);
      attackers.expect(status === 422, `a picture that takes too much memory was answered with ${status}`);
    }
    const plain = await sendPicture(attackers, attackers.newAddress(), reader, await png(8000, 5000, {}));
    attackers.expect(plain.status === 200, `a plain picture was answered with ${plain.status}`);
  },
};

/** Pictures that arrive slowly must take no place of anybody else's. */
export const slowPictures: Attack = {
  title: '8 pictures of 4 addresses that do not arrive, and somebody else’s',
  async send(attackers) {
    const { port } = new URL(attackers.targets.url);
    for (const from of attackers.newAddresses(4))
      for (let sender = 0; sender < 2; sender += 1) {
        const token = await signUp(attackers);
        const socket = await attackers.rawConnection(from);
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n` +
            'Content-Type: image/png\r\nContent-Length: 4900000\r\n\r\nabc',
        );
        attackers.countSent(1);
      }
    const [, reader = ''] = attackers.targets.readers;
    const { status, codes } = await sendPicture(
      attackers,
      attackers.newAddress(),
      reader,
      await png(100, 100, {}),
    );
    attackers.expect(status === 200, `somebody else’s picture was answered with ${status} ${codes.join()}`);
  },
};
