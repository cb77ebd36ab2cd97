import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Response } from 'supertest';
import request from 'supertest';
import Stripe from 'stripe';
import { REPOSITORY } from './source-files.js';
import type { TestApp } from './test-app.js';

/** An event of Stripe as the body of a webhook. */
export interface StripeFixture {
  id: string;
  type: string;
  created: number;
  livemode: boolean;
  api_version: string;
  data: { object: Record<string, unknown> };
}

/** What the service answers. */
export interface StripeAnswer {
  results: { id?: string; status: string; code?: string; detail?: string }[];
  ignored?: string;
  why?: string;
}

const stripe = new Stripe('sk_test_none');

/** A signing secret of the shape that Stripe gives, told apart by its beginning. */
export function signingSecret(name: string): string {
  return `whsec_${name}${'0123456789abcdefghijklmnopqrstuv'.slice(name.length)}`;
}

/**
 * An event of test/fixtures/stripe.
 * @param object Members of its object that are otherwise here.
 * @param more Members of the event itself.
 */
export function stripeEvent(
  fixture: string,
  object: Record<string, unknown> = {},
  more: Partial<StripeFixture> = {},
): StripeFixture {
  const file = join(REPOSITORY, 'test', 'fixtures', 'stripe', `${fixture}.json`);
  const event = JSON.parse(readFileSync(file, 'utf8')) as StripeFixture;
  return { ...event, ...more, data: { object: { ...event.data.object, ...object } } };
}

/** How a delivery differs from what Stripe does. */
export interface DeliveryChanges {
  /** Seconds since 1970; now when left out. */
  timestamp?: number;
  /** The header, or null for none; what Stripe's library signs when left out. */
  header?: string | null;
  /** Changes the body after it was signed. */
  tamper?: (body: string) => string;
}

/** Delivers an event as Stripe does, signed by Stripe's own library. */
export async function deliver(
  app: TestApp,
  event: StripeFixture | string,
  secret: string,
  { timestamp, header, tamper = (body) => body }: DeliveryChanges = {},
): Promise<Response> {
  const payload = typeof event === 'string' ? event : JSON.stringify(event, null, 2);
  const signature = header === undefined ? sign(payload, secret, timestamp) : header;
  const call = request(app.app.getHttpServer())
    .post('/v1/webhooks/stripe')
    .set('content-type', 'application/json; charset=utf-8');
  const signed = signature === null ? call : call.set('stripe-signature', signature);
  return await signed.send(tamper(payload));
}

/** The header that Stripe's library makes. */
export function sign(payload: string, secret: string, timestamp?: number): string {
  return stripe.webhooks.generateTestHeaderString({
    payload,
    secret,
    ...(timestamp === undefined ? {} : { timestamp }),
  });
}
