import type { PriceBook } from '../cost/prices/price-book';
import { type Deployed, HOURS_PER_MONTH, type Recommendation, sharesOf, type Uses } from './recommendation';
import { taskPrice } from './sizing';
import { quantile } from './statistics';

/** A commitment of a year on what was seen for less than this is a bet. */
const LEAST_HOURS = 28 * 24;
/** What runs at least this share of the time is paid for all of it. */
const ALWAYS = 0.05;

interface Floor {
  readonly id: string;
  readonly title: string;
  /** USD per hour of what always runs. */
  readonly usdPerHour: number;
  readonly discount: string;
  readonly evidence: string;
  readonly to: string;
  readonly hours: number;
}

/** What always runs costs less when it is promised for a year; what comes and goes is not promised. */
export function commitments(uses: Uses, deployed: Deployed, prices: PriceBook): readonly Recommendation[] {
  return [...taskFloor(uses, deployed, prices), ...databaseFloor(uses, deployed, prices)].flatMap(
    ({ id, title, usdPerHour, discount, evidence, to, hours }): readonly Recommendation[] => {
      const share = prices.discount(discount)?.expected;
      if (share === undefined || hours < LEAST_HOURS || !(usdPerHour > 0)) return [];
      return [
        {
          id,
          kind: 'commitment',
          title,
          evidence: [
            evidence,
            `${HOURS_PER_MONTH} h × ${usdPerHour.toFixed(4)} USD × ${share} off the price on demand`,
          ],
          savingUsd: HOURS_PER_MONTH * usdPerHour * share,
          risk: 'it is paid for a year, used or not; decide about sizes first',
          change: { field: 'none: it is bought in the billing console', to },
        },
      ];
    },
  );
}

function taskFloor(uses: Uses, deployed: Deployed, prices: PriceBook): readonly Floor[] {
  const shares = sharesOf(uses, 'running_tasks');
  const tasks = Math.floor(quantile(shares, ALWAYS) * (uses.get('running_tasks')?.ceiling ?? 0));
  return [
    {
      id: 'commitment:compute-savings-plan',
      title: `Compute Savings Plan for ${tasks} tasks, one year, all upfront`,
      usdPerHour: tasks * taskPrice(deployed.task, deployed, prices),
      discount: 'compute.savings-plan.1y.all-upfront',
      evidence: `at least ${tasks} tasks ran in 95 % of the hours`,
      to: `a Compute Savings Plan for the hour of ${tasks} tasks`,
      hours: shares.length,
    },
  ];
}

function databaseFloor(uses: Uses, { database, region }: Deployed, prices: PriceBook): readonly Floor[] {
  const tier = database.storage === 'io-optimized' ? 'ioopt' : 'standard';
  if (database.kind === 'provisioned') {
    const price = prices.firstUnit(`aurora.instance.${tier}.db.${database.instanceClass}`, region) ?? Number.NaN;
    return [
      {
        id: 'commitment:aurora-reserved',
        title: `${database.instances} reserved ${database.instanceClass}, one year, no upfront`,
        usdPerHour: database.instances * price,
        discount: 'aurora.reserved.1y.no-upfront',
        evidence: `the writer and ${database.instances - 1} readers always run`,
        to: `${database.instances} reserved instances of db.${database.instanceClass}`,
        hours: sharesOf(uses, 'database_cpu').length,
      },
    ];
  }
  const shares = sharesOf(uses, 'database_acu');
  const acus = Math.floor(2 * quantile(shares, ALWAYS) * database.maxAcu) / 2;
  return [
    {
      id: 'commitment:aurora-savings-plan',
      title: `Database Savings Plan for ${acus} ACUs, one year, no upfront`,
      usdPerHour: acus * (prices.firstUnit(`aurora.acu.${tier}`, region) ?? Number.NaN),
      discount: 'aurora.savings-plan.1y.no-upfront',
      evidence: `at least ${acus} ACUs were in use in 95 % of the hours`,
      to: `a Database Savings Plan for the hour of ${acus} ACUs`,
      hours: shares.length,
    },
  ];
}
