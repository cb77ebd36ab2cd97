import type { LoggerService } from '@nestjs/common';
import { type Logger as Pino, pino } from 'pino';
import type { LogLevel } from '../config/config.js';

/**
 * One JSON line per fact, on standard output. Bodies, headers, words of people and unit ids are
 * never passed to it; pino escapes line breaks, so a value cannot forge a line.
 */
export class Logger implements LoggerService {
  private constructor(private readonly pino: Pino) {}

  static create(level: LogLevel): Logger {
    return new Logger(
      pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' }),
    );
  }

  /** A fact worth a line, with its parts as members. */
  fact(message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.pino.info(facts, message);
  }

  /** Somebody should look when they have time. */
  concern(message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.pino.warn(facts, message);
  }

  /** Somebody must look now. */
  failure(message: string, cause: unknown, facts: Readonly<Record<string, unknown>> = {}): void {
    this.pino.error({ ...facts, cause: describe(cause) }, message);
  }

  log(message: unknown, context?: string): void {
    this.pino.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.pino.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.pino.error({ context, stack }, String(message));
  }

  fatal(message: unknown, context?: string): void {
    this.pino.fatal({ context }, String(message));
  }
}

function describe(cause: unknown): Record<string, unknown> {
  if (typeof cause !== 'object' || cause === null) return { message: String(cause) };
  const { name, message, code, stack } = cause as Error & { code?: unknown };
  return { name, message, code, stack };
}
