/** A piece of a mail's text. */
export interface MailPart {
  readonly text: string;
  readonly isLink: boolean;
}

/** A line that is an address, as those of buttons are, or an address within a line without the punctuation behind it. */
const link = /(^https?:\/\/\S+$|https?:\/\/[^\s<>"]*[^\s<>".,;:!?'()[\]])/m;

/** A mail's plain text in pieces, of which those with an address of the web can be followed. */
export const partsOfMail = (mail: string): readonly MailPart[] =>
  mail
    .trim()
    .split(link)
    .map((text, at) => ({ text, isLink: at % 2 === 1 }));
