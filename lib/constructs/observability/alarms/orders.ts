import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { OrderSaga } from '../../jobs/order-saga';
import type { Concern } from '../alarm-row';

/** Orders that neither come to an end nor go back. */
export function orderAlarms(saga: OrderSaga): Concern {
  const period = Duration.minutes(5);
  return {
    name: 'orders',
    rows: [
      {
        id: 'orders-stuck',
        says: 'An order could be neither confirmed nor cancelled: somebody must bring it to its end by hand',
        metric: new cloudwatch.MathExpression({
          expression: 'FILL(failed, 0) + FILL(late, 0)',
          usingMetrics: { failed: saga.metricFailed({ period }), late: saga.metricTimedOut({ period }) },
          label: 'stuck orders',
          period,
        }),
        when: { atLeast: 1 },
        datapoints: [1, 1],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'there are no orders' },
      },
    ],
  };
}
