import type { Duplex } from 'node:stream';

/** The first byte of a frame that is a whole text message (RFC 6455, section 5.2). */
const wholeText = 0x81;
const closingBrace = 0x7d;

/** Length of a frame's header for a message of the given length. */
function headerLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(frame: Buffer, length: number): void {
  frame[0] = wholeText;
  if (length < 126) frame[1] = length;
  else if (length < 65_536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
}

/**
 * Writes results to WebSockets, bypassing their library: as one frame in one buffer, where the library would write two.
 *
 * Most results go to thousands of clients, and differ only in how they begin. A buffer for each delivery would be a
 * kilobyte outside of V8's heap, and a few ten thousand of them make V8 mark the whole heap again, several times a
 * second, on all processors. So the last frame is reused, with another head.
 */
export class FrameWriter {
  #frame: Buffer | undefined;
  /** The payload in the frame, and the position of its head. */
  #payload: Buffer | undefined;
  #headLength = 0;
  #start = 0;

  /**
   * @param stream the connection under the WebSocket
   * @param head the beginning of a JSON object, up to the payload
   * @param payload the object's last value
   */
  write(stream: Duplex, head: Buffer, payload: Buffer): void {
    if (this.#frame === undefined || this.#payload !== payload || this.#headLength !== head.length)
      this.#frame = this.#make(head, payload);
    head.copy(this.#frame, this.#start);
    stream.write(this.#frame);
    // Bytes that the system has not taken yet are still read from this very buffer.
    if (stream.writableLength > 0) this.#frame = undefined;
  }

  #make(head: Buffer, payload: Buffer): Buffer {
    const length = head.length + payload.length + 1;
    this.#payload = payload;
    this.#headLength = head.length;
    this.#start = headerLength(length);
    const frame = Buffer.allocUnsafe(this.#start + length);
    writeHeader(frame, length);
    payload.copy(frame, this.#start + head.length);
    frame[frame.length - 1] = closingBrace;
    return frame;
  }
}
