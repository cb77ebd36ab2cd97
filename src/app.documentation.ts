import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { explainWords } from './app.glossary.js';
import { describeProblems } from './platform/http/describe-problems.js';
import { packageVersion } from './platform/config/package-version.js';

const INTRODUCTION = `
Becausal runs no A/B test without a *because*. To create an experiment you cite what people in the
funnel said, word for word; results come from two engines, Bayesian and frequentist; and a test is
decided on the money that follows (profit = revenue - expenses), never on the click that comes first.

**If you decide:** read \`GET /v1/experiments/{key}/brief\`. It says why we test, who said so, what
moved, what it earned and what was decided.

**If you test:** collect interviews, quote them, state an insight, and ask the gate with
\`POST /v1/experiments/check\` as often as you like: it is free and says what is missing and how to
get it.

**Keys:** secret keys (\`sk_\`) act as a member, write keys (\`wk_\`) send events, public keys (\`pk_\`)
assign visitors. Send one as \`Authorization: Bearer <key>\`. Money is in minor units (cents) with its
currency; times carry an offset; every error is a problem with a stable \`code\`.
`.trim();

/** The OpenAPI 3.1 description, from the decorators that the service enforces. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Becausal')
    .setDescription(INTRODUCTION)
    .setVersion(packageVersion())
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key of the project.' }, 'key')
    .addTag('Evidence', 'Who we heard, what they said, and what we conclude from it')
    .addTag('Experiments', 'The because, the gate, the life of a test, the decision')
    .addTag('Results', 'What moved, what it earned, and the page that says so')
    .addTag('Metrics', 'What is counted, over which window, and who owns it')
    .addTag('Events', 'Exposures, behaviour and money as they happen')
    .addTag('Tracking', 'Clients of Segment, RudderStack, GrowthBook and Stripe, as they are')
    .addTag('Assignment', 'Which variant a unit gets: OpenFeature, GrowthBook, holdouts, QA')
    .addTag('Project', 'Members, departments, keys, currency and declared costs')
    .addTag('Operations', 'Health, audit, and the sandbox clock')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  return explainWords(describeProblems(document));
}

/** `/docs` and `/openapi.json`, public on purpose: they describe, and show nothing stored. */
export function serveDocumentation(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Becausal API',
    swaggerOptions: { docExpansion: 'list', persistAuthorization: true, tryItOutEnabled: false },
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request, reply, payload, done) => {
      if (request.url === '/docs' || request.url.startsWith('/docs/')) {
        // The page styles itself inline; scripts stay our own.
        void reply.header(
          'content-security-policy',
          "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
            "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'",
        );
      }
      done(null, payload);
    });
}
