import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Put, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { BodyConfig } from '../../platform/http/front-door.js';
import { rawBodyOf } from '../../platform/http/raw-body.js';
import { Public, Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { ConnectStripeDto, StripeConnectionDto } from './dto/stripe-connection.dto.js';
import { StripeWebhookResultDto } from './dto/stripe-webhook.dto.js';
import { StripeConnections } from './stripe-connections.service.js';
import { StripeWebhooks } from './stripe-webhooks.service.js';

/** Invoices of a hundred lines are the longest events. */
const WEBHOOK_BODY: BodyConfig = { bodyMaxBytes: 512 * 1024, raw: true };

@ApiTags('Tracking')
@Controller('v1')
export class StripeController {
  constructor(
    private readonly connections: StripeConnections,
    private readonly webhooks: StripeWebhooks,
  ) {}

  /** Shows how Stripe is connected; of its signing secrets no more than how each ends. */
  @Get('project/stripe')
  @Scoped('project:read')
  async getStripeConnection(@Caller() caller: Principal): Promise<StripeConnectionDto> {
    return await this.connections.shown(caller.projectId);
  }

  /**
   * Connects Stripe, so that its charges, refunds and disputes are money of this project. Send the
   * signing secret of an endpoint that points to `/v1/webhooks/stripe`; to exchange a secret send both
   * until Stripe has forgotten the old one. Holds on every replica within two seconds.
   * @throws {409} `signing-secret-taken`: another project is connected with this secret.
   */
  @Put('project/stripe')
  @Scoped('project:write')
  async connectStripe(
    @ActingMember() actor: Actor,
    @Body() body: ConnectStripeDto,
  ): Promise<StripeConnectionDto> {
    return await this.connections.connect(actor, body);
  }

  /** Disconnects Stripe and destroys its signing secrets; what came from it stays in the ledger. */
  @Delete('project/stripe')
  @HttpCode(204)
  @Scoped('project:write')
  async disconnectStripe(@ActingMember() actor: Actor): Promise<void> {
    await this.connections.disconnect(actor);
  }

  /**
   * Takes an event of Stripe. The signature is the credential, and says whose money it is.
   *
   * Charges are revenue, refunds and disputes take it back, each once, whatever Stripe repeats and in
   * whatever order it comes. The answer is 200 when the money is committed, and also when the event
   * brings none (`ignored`) or an entry is refused (`results`, and the dead letters): neither would be
   * cured by sending it again. An entry of which nobody knows who paid waits for the event that says
   * so.
   * @throws {400} `signature-missing`: the header Stripe-Signature is missing.
   * @throws {401} `invalid-signature`: no connected signing secret made it within five minutes.
   * @throws {429} `rate-limited`: more events wait to be stored than there is room for.
   * @throws {503} `unavailable`: the database does not answer; Stripe sends it again.
   */
  @Post('webhooks/stripe')
  @HttpCode(200)
  @Public('the signature of the body is the credential')
  @RouteConfig(WEBHOOK_BODY)
  @ApiHeader({ name: 'Stripe-Signature', required: true, description: 't=<seconds>,v1=<hex>' })
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      description: 'A snapshot event, as Stripe sends it.',
    },
  })
  async takeStripeEvent(
    @Req() request: FastifyRequest,
    @Headers('stripe-signature') signature: string | undefined,
    @Body() event: unknown,
  ): Promise<StripeWebhookResultDto> {
    return await this.webhooks.take(signature, rawBodyOf(request), event);
  }
}
