/** The function was deployed without a setting that it cannot do without. */
class MissingSettingError extends Error {
  public override readonly name = 'MissingSettingError';
}

/**
 * The environment variable `name`; read it at module scope, so that a deployment without it fails at its cold start.
 *
 * @throws {MissingSettingError} when it is absent or empty
 */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new MissingSettingError(`the environment variable ${name} must be set, got ${value ?? 'none'}`);
  }
  return value;
}

/** The environment variable `name` as the items between its commas; none when it is absent. */
export function listOf(name: string): string[] {
  return (process.env[name] ?? '').split(',').filter((item) => item !== '');
}
