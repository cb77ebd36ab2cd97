import { Controller, Get, HttpCode, Module, Post, type Type } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import request from 'supertest';
import { Invalid } from '../../src/domain/errors.js';
import { Direct, serveDirectRoutes } from '../../src/platform/http/direct-route.js';
import { createAdapter, installFrontDoor } from '../../src/platform/http/front-door.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { Public, Scoped } from '../../src/platform/security/access.js';
import { Authentication } from '../../src/platform/security/authentication.js';
import type { Principal } from '../../src/platform/security/principal.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

@Controller('direct')
class DirectController {
  private readonly greeting = 'hello';

  @Post('echo')
  @HttpCode(200)
  @Scoped('assign')
  @Direct()
  echo({ projectId }: Principal, { body }: FastifyRequest): string {
    return JSON.stringify({ greeting: this.greeting, body, hasProject: projectId !== '' });
  }

  @Get('later')
  @Scoped('assign')
  @Direct()
  async later(): Promise<string> {
    return await Promise.resolve('{"later":true}');
  }

  @Get('nothing')
  @Scoped('assign')
  @Direct()
  nothing(_caller: Principal, _request: FastifyRequest, reply: FastifyReply): null {
    void reply.status(304);
    return null;
  }

  @Get('refused')
  @Scoped('assign')
  @Direct()
  refused(): string {
    throw new Invalid('too-late', 'It is too late.');
  }

  @Get('broken')
  @Scoped('assign')
  @Direct()
  async broken(): Promise<string> {
    return await Promise.reject(new Error('a secret of ours'));
  }
}

@Controller('open')
class UndeclaredController {
  @Get()
  @Direct()
  open(): string {
    return '{}';
  }
}

@Controller('public')
class PublicController {
  @Get()
  @Public('a test')
  @Direct()
  open(): string {
    return '{}';
  }
}

@Controller('slow')
class OverwrittenController {
  @Get()
  @RouteConfig({ other: true })
  @Scoped('assign')
  @Direct()
  slow(): string {
    return '{}';
  }
}

describe('direct routes', () => {
  let it_: TestApp;
  let fixture: NestFastifyApplication;
  let publicKey: string;

  /** The door and the keys of the real application, with another controller behind them. */
  const withController = async (controller: Type): Promise<NestFastifyApplication> => {
    @Module({
      imports: [DiscoveryModule],
      controllers: [controller],
      providers: [
        { provide: Authentication, useValue: it_.app.get(Authentication) },
        { provide: Logger, useValue: Logger.create('silent') },
      ],
    })
    class FixtureModule {}
    const adapter = createAdapter();
    installFrontDoor(adapter.getInstance());
    const options = { logger: false, bodyParser: false, abortOnError: false } as const;
    return await NestFactory.create<NestFastifyApplication>(FixtureModule, adapter, options);
  };

  beforeAll(async () => {
    it_ = await startTestApp();
    publicKey = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'page' })).body.secret;
    fixture = await withController(DirectController);
    serveDirectRoutes(fixture);
    await fixture.init();
    await fixture.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await fixture.close();
    await it_.close();
  });

  const call = (method: 'get' | 'post', path: string, key: string | null = publicKey) => {
    const asked = request(fixture.getHttpServer())[method](`/direct/${path}`);
    return key === null ? asked : asked.set('authorization', `Bearer ${key}`);
  };

  it('answer with the method of the controller, and all headers of the door', async () => {
    const answer = await call('post', 'echo').send({ a: 1 });
    expect([answer.status, answer.body]).toEqual([
      200,
      { greeting: 'hello', body: { a: 1 }, hasProject: true },
    ]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it('may answer later, or by a status alone', async () => {
    expect((await call('get', 'later')).body).toEqual({ later: true });
    const nothing = await call('get', 'nothing');
    expect([nothing.status, nothing.text]).toEqual([304, '']);
  });

  it('let a key in that has to be looked for', async () => {
    expect((await call('get', 'later', ADMIN_KEY)).status).toBe(200);
  });

  it('P36: are closed to everybody else', async () => {
    const write = (await it_.ok('post', '/v1/keys', { kind: 'write', name: 'w' })).body.secret;
    for (const [key, status, code] of [
      [null, 401, 'unauthenticated'],
      [`${publicKey.slice(0, -1)}~`, 401, 'unauthenticated'],
      [`${publicKey.slice(0, -1)}${publicKey.endsWith('A') ? 'B' : 'A'}`, 401, 'unauthenticated'],
      [write, 403, 'insufficient-scope'],
    ] as const) {
      const answer = await call('get', 'later', key);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });

  it('fail as all others do', async () => {
    const refused = await call('get', 'refused');
    expect([refused.status, refused.body.code]).toEqual([422, 'too-late']);
    const broken = await call('get', 'broken');
    expect([broken.status, broken.body.code]).toEqual([500, 'internal']);
    expect(broken.text).not.toContain('secret');
  });

  it.each([
    ['no access', UndeclaredController, /UndeclaredController\.open$/],
    ['no key', PublicController, /PublicController\.open$/],
  ])('that ask for %s keep the service from starting', async (_, controller, name) => {
    const app = await withController(controller);
    expect(() => serveDirectRoutes(app)).toThrow(name);
    await app.close();
  });

  it('that Nest would serve keep the service from starting', async () => {
    const app = await withController(OverwrittenController);
    serveDirectRoutes(app);
    const started = app.init().then(() => app.getHttpAdapter().getInstance().ready());
    await expect(started).rejects.toThrow(/OverwrittenController\.slow$/);
  });
});
