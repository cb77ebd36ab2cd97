import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Public } from '../../platform/security/access.js';

/** The page at `/` until there is a dashboard: where to go from here. */
@ApiExcludeController()
@Controller()
export class LandingController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Public('a page that only says where to go')
  show(): string {
    const sandbox = this.config.sandbox
      ? '<p><strong>Sandbox:</strong> the clock can be moved and nothing here is real.</p>'
      : '';
    return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Becausal</title>
<h1>Becausal</h1>
<p>No A/B test without a <em>because</em>; no win without the money that follows.</p>${sandbox}
<ul>
<li><a href="/docs">The API, in words</a></li>
<li><a href="/openapi.json">The API, for programs (OpenAPI 3.1)</a></li>
<li><a href="/health/ready">Is it ready?</a></li>
</ul></html>`;
  }
}
