/** The layers of docs/ARCHITECTURE.md as rules: what may import what, and why. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle means two files that cannot be understood or tested apart.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'stats-is-pure',
      comment: 'Numbers depend on numbers only: no framework, no I/O, no Node built-ins.',
      severity: 'error',
      from: { path: '^src/stats', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/stats|^node_modules/jstat' },
    },
    {
      name: 'jstat-behind-one-door',
      comment: 'jstat is wrong in the tails; only the guarded distribution layer may touch it.',
      severity: 'error',
      from: { pathNot: '^src/stats/distributions' },
      to: { path: '^node_modules/jstat' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules of the product take time, ids and seeds as arguments and touch nothing else.',
      severity: 'error',
      from: { path: '^src/domain', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/(domain|stats)' },
    },
    {
      name: 'modules-meet-at-readers',
      comment:
        'A feature enters another through its module, its reader, or a writer: one named change ' +
        'that another feature may cause. Never its insides.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/', pathNot: '\\.entity\\.ts$' },
      to: {
        path: '^src/modules/([^/]+)/',
        pathNot: ['^src/modules/$1/', '\\.module\\.ts$', '\\.reader\\.ts$', '\\.writer\\.ts$'],
      },
    },
    {
      name: 'entities-meet-at-foreign-keys',
      comment: 'A row refers to rows of other features, so an entity may name their entities only.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/.+\\.entity\\.ts$' },
      to: { path: '^src/modules/([^/]+)/', pathNot: ['^src/modules/$1/', '\\.entity\\.ts$'] },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'Plumbing serves every feature; only the database folder names entities.',
      severity: 'error',
      from: { path: '^src/platform', pathNot: '^src/platform/database' },
      to: { path: '^src/modules' },
    },
    {
      name: 'only-the-edge-knows-the-app',
      comment: 'main.ts and app.* put everything together; nothing below them knows the whole.',
      severity: 'error',
      from: { path: '^src/(stats|domain|modules|platform)/' },
      to: { path: '^src/(main|app\\.[a-z]+)\\.ts$' },
    },
    {
      name: 'packages-stand-alone',
      comment:
        'A package is published by itself and runs in pages: the service and Node are not there.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { pathNot: '^packages/$1/|^node_modules/@openfeature/core' },
    },
    {
      name: 'src-knows-no-test',
      comment: 'The product must not need its tests to run.',
      severity: 'error',
      from: { path: '^src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench|scripts|packages)' },
    },
    {
      name: 'no-undeclared-package',
      comment: 'What is imported is in package.json, so that npm ci brings it.',
      severity: 'error',
      from: { path: '^src', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
