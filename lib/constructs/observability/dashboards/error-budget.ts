import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { LoadBalancer } from '../../load-balancer/load-balancer';
import { requestObjectives } from '../objectives';
import type { WatchedObjectives } from '../watched-platform';
import type { Panel } from './panel';

/** How much of each error budget a day uses up: 100 % is the day's share of the four weeks. */
export function errorBudget(loadBalancer: LoadBalancer, objectives: WatchedObjectives): Panel[] {
  const period = Duration.days(1);
  return requestObjectives(loadBalancer, objectives).map(({ id, goal, badPercent }) => ({
    title: `Error budget for ${id}: % of the day's share that is used`,
    left: [
      new cloudwatch.MathExpression({
        expression: `bad / ${Math.round((1 - goal) * 1e6) / 1e6}`,
        usingMetrics: { bad: badPercent(period, 1) },
        label: id,
        period,
      }),
    ],
  }));
}
