/** A word of a log line: quotation marks, brackets and slashes part words, so that a path or a list has several. */
const word = /[^\s/"'`<>()]+/gu;

/** An `@`, also percent-encoded, between two characters. In paths of scoped packages, it is the first character. */
const hasAddress = /.(?:@|%40)./su;

const machineToken = /sf_[0-9a-z]{8,}/giu;

/** Removes what looks like an e-mail address, also when percent-encoded, or like a machine token. */
export const withoutSecrets = (text: string): string =>
  text.replace(word, (each) => (hasAddress.test(each) ? '…' : each.replace(machineToken, 'sf_…')));
