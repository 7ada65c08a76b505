interface Policy {
  createHTML(html: string): unknown;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (html: string) => string }): Policy;
}

let policy: Policy | null | undefined;

/**
 * HTML that the service has sanitised, in the form in which a page that demands Trusted Types takes it. Such a page has to allow the
 * policy `standfirst`.
 */
export function safeHtml(html: string): string {
  if (policy === undefined) {
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    try {
      policy = trustedTypes?.createPolicy('standfirst', { createHTML: (text) => text }) ?? null;
    } catch {
      // The page does not allow it, and the platform then refuses the text where it is used.
      policy = null;
    }
  }
  return (policy ? policy.createHTML(html) : html) as string;
}
