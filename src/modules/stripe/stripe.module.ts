import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { StripeConnections } from './stripe-connections.service.js';
import { StripeWebhooks } from './stripe-webhooks.service.js';
import { StripeController } from './stripe.controller.js';

@Module({
  imports: [EventsModule],
  controllers: [StripeController],
  providers: [StripeConnections, StripeWebhooks],
})
export class StripeModule {}
