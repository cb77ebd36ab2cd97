/** A setting that cannot be used: the process refuses to start and says which and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
