/** Pages that the service serves for a payment provider. */
export interface PaymentPages {
  /** Prefix of their addresses. */
  readonly path: string;
  /** Answers a request. @param body the form that was sent, as it was sent */
  readonly handle: (
    method: string,
    path: string,
    body: string,
  ) => Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }>;
}
