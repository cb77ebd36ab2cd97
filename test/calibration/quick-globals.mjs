import { createRequire } from 'node:module';
import { Script } from 'node:vm';

// Jest brings its environment along: asked for through Jest, both have one version.
const requireOfJest = createRequire(import.meta.resolve('jest'));
const { TestEnvironment } = createRequire(requireOfJest.resolve('jest-cli'))(
  'jest-environment-node',
);

/**
 * Jest's own environment for tests that compute a lot. A test file's global scope is an intercepted
 * object: every `Math.sqrt` looks `Math` up there, which takes 300 ns where 6 are enough. Names
 * declared by a script in the same realm are found first, and are not intercepted.
 */
export default class QuickGlobals extends TestEnvironment {
  async setup() {
    await super.setup();
    const names = ['Math', 'Number', 'Array', 'Object', 'Float64Array', 'Map'];
    const declarations = names.map((name) => `const ${name} = globalThis.${name};`);
    new Script(declarations.join('\n')).runInContext(this.getVmContext());
  }
}
