import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Access } from './access.js';

/** Nest's own metadata of a handler: its path. */
const PATH = 'path';

/**
 * Refuses to start when a handler has declared neither a scope nor that it is public. Called before
 * the server listens, so that an undeclared route never exists.
 * @throws Error naming every such handler
 */
export function requireDeclaredAccess(app: INestApplication): void {
  const discovery = app.get(DiscoveryService, { strict: false });
  const reflector = app.get(Reflector, { strict: false });
  const scanner = new MetadataScanner();
  const undeclared: string[] = [];
  for (const { instance, metatype } of discovery.getControllers()) {
    if (typeof instance !== 'object' || instance === null || metatype === null) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      if (handler === undefined || reflector.get(PATH, handler) === undefined) continue;
      if (reflector.get<Access | undefined>(ACCESS, handler) === undefined) {
        undeclared.push(`${metatype.name}.${name}`);
      }
    }
  }
  if (undeclared.length > 0) {
    throw new Error(`these routes declare no scope and are not public: ${undeclared.join(', ')}`);
  }
}
