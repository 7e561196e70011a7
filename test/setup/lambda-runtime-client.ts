import { lambdaRuntimeClient } from '../local/lambda-runtime-client';

/**
 * Builds AWS's runtime client before the tests, once per checkout: no test's time-out has to bear it. A machine that
 * cannot build it runs all the other tests; those that need it say what is missing.
 */
export default function buildLambdaRuntimeClient(): void {
  try {
    lambdaRuntimeClient();
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
  }
}
