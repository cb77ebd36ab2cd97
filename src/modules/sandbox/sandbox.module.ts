import { Module } from '@nestjs/common';
import { SandboxClock } from './sandbox-clock.js';
import { SandboxController } from './sandbox.controller.js';

@Module({ controllers: [SandboxController], providers: [SandboxClock] })
export class SandboxModule {}
