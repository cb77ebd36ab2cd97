import { Module } from '@nestjs/common';
import { ExperimentsReader } from './experiments.reader.js';

@Module({ providers: [ExperimentsReader], exports: [ExperimentsReader] })
export class ExperimentsModule {}
