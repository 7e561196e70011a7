import { App, Stack } from 'aws-cdk-lib';
import { context } from '../../../cdk.json';
import { PlatformFunction } from '../../../lib/constructs/function/platform-function';
import { dataTierIn } from '../serverless-api/api-fixture';

test('database and cache need a network, and a bound on the connections', () => {
  const app = new App({ context });
  const { data: access } = dataTierIn(app);
  const make = () =>
    new PlatformFunction(new Stack(app, 'Stack'), 'Function', {
      name: 'api',
      description: 'Asks the database',
      data: { access, connectionsPerEndpoint: 1 },
    });
  expect(make).toThrow(
    [
      "invalid props at 'Stack/Function':",
      '  - `data` needs `network`: database and cache are in the VPC only',
      '  - `data` needs `reservedConcurrency`: without a bound, its executions could use up all connections',
    ].join('\n'),
  );
});
