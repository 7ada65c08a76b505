/** The part of Stripe's error objects that its package reads. */
export interface StripeErrorBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly message: string;
  readonly charge?: string;
  readonly payment_intent?: unknown;
}

/** A request that is answered with an error in Stripe's form. */
export class StripeFault extends Error {
  override readonly name = 'StripeFault';
  readonly status: number;
  readonly body: StripeErrorBody;
  /**
   * Whether the answer is kept under the request's key, together with what was written: Stripe keeps every answer that is
   * given once it has begun to carry a request out, and none that refuses the request's form.
   */
  readonly isKept: boolean;

  private constructor(status: number, body: StripeErrorBody, isKept: boolean) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.isKept = isKept;
  }

  /** A parameter is wrong or unknown; nothing was tried. */
  static parameter(param: string, code: string, message: string): StripeFault {
    return new StripeFault(400, { type: 'invalid_request_error', code, param, message }, false);
  }

  static missing(type: string, id: string, param: string): StripeFault {
    const message = `No such ${type}: '${id}'`;
    const status = param === 'id' ? 404 : 400;
    return new StripeFault(
      status,
      { type: 'invalid_request_error', code: 'resource_missing', param, message },
      false,
    );
  }

  /** The state of the objects does not allow it. */
  static refused(code: string, message: string): StripeFault {
    return new StripeFault(400, { type: 'invalid_request_error', code, message }, true);
  }

  /** A card was declined; what was written about it stays. */
  static declined(body: Omit<StripeErrorBody, 'type' | 'message'>): StripeFault {
    return new StripeFault(402, { type: 'card_error', message: 'The card was declined.', ...body }, true);
  }

  static other(status: number, body: StripeErrorBody): StripeFault {
    return new StripeFault(status, body, false);
  }
}
