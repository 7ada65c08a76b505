import { interlacedBomb, png, pngHeader, pngWithBombs } from '../../harness/data/hostile-pictures.ts';
import { median } from '../../harness/figures.ts';
import type { Attack } from './attack.ts';
import type { Attackers, Sent } from './attackers.ts';
import { signIn, signUp } from './sign-in.ts';

const path = '/account/picture';

const sendPicture = (attackers: Attackers, from: string, token: string, body: Buffer): Promise<Sent> =>
  attackers.send(from, {
    method: 'POST',
    path,
    headers: { 'content-type': 'image/png', authorization: `Bearer ${token}` },
    body,
  });

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
        const { accessToken: token } = await signUp(attackers);
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

/** Most milliseconds that a sign-in takes longer beside pictures that are being made. */
const signInMs = 300;

/** Small parts of a file, each of which is within the limits of the library that reads it, take thousands of megabytes together. */
export const pictureTexts: Attack = {
  title: 'Three pictures, each with 500 texts of 7.9 MB in 3.9 MB of file, and sign-ins beside them',
  async send(attackers) {
    const bomb = await pngWithBombs(7_900_000, 250, 'zTXt', 'iTXt');
    const { email } = await signUp(attackers);
    const senders = await Promise.all([1, 2, 3].map(() => signUp(attackers)));
    const signInTime = async (): Promise<number> => {
      const begun = performance.now();
      const { text } = await signIn(attackers, attackers.newAddress(), email);
      attackers.expect(text.includes('"accessToken"'), 'nobody could sign in while pictures were made');
      return performance.now() - begun;
    };
    // The machine may be busy with other work: what a sign-in takes by then is not the pictures' fault.
    const alone: number[] = [];
    for (let count = 0; count < 5; count += 1) alone.push(await signInTime());
    let isSending = true;
    const sending = Promise.all(
      senders.map(({ accessToken }) => sendPicture(attackers, attackers.newAddress(), accessToken, bomb)),
    ).finally(() => (isSending = false));
    const beside: number[] = [];
    do beside.push(await signInTime());
    while (isSending);
    for (const { status } of await sending)
      attackers.expect(status === 200, `a picture with large texts was answered with ${status}`);
    const [longest = 0, usual = 0, before = 0] = [Math.max(...beside), median(beside), median(alone)].map(
      Math.round,
    );
    attackers.note('sign-in ms', `${usual}, longest ${longest}, before ${before}`);
    attackers.expect(
      usual - before <= signInMs * attackers.targets.leeway,
      `a sign-in took ${usual} ms while pictures were made, and ${before} ms before`,
    );
  },
};
