/** @database none */
import { afterAll, describe, expect, it } from '@jest/globals';
import { signatureOf } from '@standfirst/test-provider';
import { SignatureError } from '../../../../src/platform/payments/provider-errors.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { everythingIn } from './contract.ts';
import { webhookSecret } from './test-nodes.ts';

describe('a webhook request', () => {
  const event = {
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    livemode: false,
    data: { object: { id: 'pi_1', object: 'payment_intent' } },
  };
  const provider = new StripeProvider({ secretKey: 'sk_test_0123456789', webhookSecret });
  const bodyOf = (given: object) => Buffer.from(JSON.stringify(given));
  const signed = (body: Buffer, { secret = webhookSecret, at = new Date() } = {}) =>
    signatureOf(body.toString(), secret, at);
  const readSigned = (given: object) => provider.readEvent(bodyOf(given), signed(bodyOf(given)));

  afterAll(() => provider.close());

  it('is read', () => {
    expect(readSigned(event)).toEqual({
      id: 'evt_1',
      type: 'payment_intent.succeeded',
      kind: 'PAYMENT',
      objectRef: 'pi_1',
      testMode: true,
    });
  });

  it('says which mode it is of', () => {
    expect(readSigned({ ...event, livemode: true }).testMode).toBe(false);
  });

  it('of a charge names the payment, and of something unknown is OTHER', () => {
    const charge = { id: 'ch_1', object: 'charge', payment_intent: 'pi_2' };
    expect(readSigned({ ...event, type: 'charge.refunded', data: { object: charge } })).toMatchObject({
      kind: 'PAYMENT',
      objectRef: 'pi_2',
    });
    for (const type of ['balance.available', 'toString'])
      expect(readSigned({ ...event, type, data: { object: { object: 'balance' } } })).toMatchObject({
        kind: 'OTHER',
        objectRef: '',
      });
  });

  it('of what is left alone is read whatever the id of its object, and does not keep it', () => {
    const coupon = { id: '25 % off/../', object: 'coupon' };
    expect(readSigned({ ...event, type: 'coupon.created', data: { object: coupon } })).toMatchObject({
      kind: 'OTHER',
      objectRef: '',
    });
  });

  it('may be signed a few minutes ago or ahead', () => {
    for (const seconds of [-290, 290]) {
      const at = new Date(Date.now() + seconds * 1000);
      expect(provider.readEvent(body, signed(body, { at })).objectRef).toBe('pi_1');
    }
  });

  it.each([
    ['charge.dispute.created', { id: '../x', object: 'dispute' }],
    ['charge.dispute.created', { id: '..', object: 'dispute' }],
    ['charge.dispute.closed', { id: 'dp_1?expand=x', object: 'dispute' }],
    ['charge.dispute.closed', { id: '', object: 'dispute' }],
    ['charge.dispute.closed', { object: 'dispute' }],
    ['checkout.session.completed', { id: 'cs/1', object: 'checkout.session' }],
    ['refund.updated', { id: 're_1#', object: 'refund' }],
    ['transfer.reversed', { id: 'tr_%2e', object: 'transfer' }],
    ['charge.updated', { id: 'ch_1', object: 'charge', payment_intent: '../x' }],
    ['charge.updated', { id: 'ch_1', object: 'charge', payment_intent: { id: '../x' } }],
  ])('is refused where Stripe would not make the id: %s of %j', (type, object) => {
    expect(() => readSigned({ ...event, type, data: { object } })).toThrow(SignatureError);
  });

  const body = bodyOf(event);
  const old = new Date(Date.now() - 301_000);
  it.each([
    ['without a signature', body, undefined],
    ['with an empty signature', body, ''],
    ['with a signature that is none', body, 'v1=00'],
    ['signed with another secret', body, signed(body, { secret: 'whsec_forged' })],
    ['whose body was changed', bodyOf({ ...event, livemode: true }), signed(body)],
    ['signed more than five minutes ago', body, signed(body, { at: old })],
    ['signed in an hour', body, signed(body, { at: new Date(Date.now() + 3_600_000) })],
    ['signed more than five minutes ahead', body, signed(body, { at: new Date(Date.now() + 320_000) })],
    [
      'with an id that cannot be stored',
      bodyOf({ ...event, id: 'evt_\0' }),
      signed(bodyOf({ ...event, id: 'evt_\0' })),
    ],
    [
      'whose time was changed',
      body,
      signed(body, { at: old }).replace(/t=\d+/, `t=${Math.floor(Date.now() / 1000)}`),
    ],
    ['whose body is no JSON', Buffer.from('{'), signed(Buffer.from('{'))],
    ['whose body is no event', bodyOf({}), signed(bodyOf({}))],
    [
      'whose body is a thin event',
      bodyOf({ ...event, object: 'v2.core.event' }),
      signed(bodyOf({ ...event, object: 'v2.core.event' })),
    ],
    ['that is empty', Buffer.alloc(0), signed(Buffer.alloc(0))],
  ])('is refused %s', (_, given, signature) => {
    expect(() => provider.readEvent(given, signature)).toThrow(SignatureError);
    try {
      provider.readEvent(given, signature);
    } catch (error) {
      expect(everythingIn(error)).not.toContain(webhookSecret);
      expect(everythingIn(error)).not.toContain('pi_1');
    }
  });

  it('is refused where there is no secret', () => {
    const deaf = new StripeProvider({ secretKey: 'sk_test_0123456789', webhookSecret: undefined });
    expect(() => deaf.readEvent(body, signed(body))).toThrow(SignatureError);
    deaf.close();
  });
});
