/**
 * What becomes of a text: the part to replace, by a classifier, a list or a service that answers within twelve seconds.
 * @param item the entry of the queue, with the fields that the endpoint's document selects
 * @returns the verdict and, unless it is APPROVE, the reason
 */
export function judge({ bodyText }) {
  if (/\b(free money|casino bonus)\b/i.test(bodyText)) return { verdict: 'REJECT', reason: 'SPAM' };
  // A person should look, whatever the setting says of the deadline.
  if (/\b(kill|hurt) (you|him|her|them)\b/i.test(bodyText))
    return { verdict: 'ESCALATE', reason: 'VIOLENCE' };
  return { verdict: 'APPROVE' };
}
