const SUFFIX = '_SECRET_ARN';

/**
 * `environment` with the values of the secrets that it names: `SESSION_KEYS_SECRET_ARN` becomes `SESSION_KEYS`. Lambda
 * hands secrets to a function only in clear text in its configuration, so it gets their names.
 */
export async function withSecrets(
  environment: Readonly<Record<string, string | undefined>>,
  read: (arn: string) => Promise<string>,
): Promise<Record<string, string | undefined>> {
  const named = Object.entries(environment).flatMap(([variable, arn]) =>
    variable.endsWith(SUFFIX) && arn !== undefined ? [{ variable: variable.slice(0, -SUFFIX.length), arn }] : [],
  );
  const values = await Promise.all(named.map(async ({ variable, arn }) => [variable, await read(arn)] as const));
  return { ...environment, ...Object.fromEntries(values) };
}
