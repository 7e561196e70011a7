import { numberOf, type Resource } from '../../template';
import type { Line } from '../estimate-model';
import { sumRanges } from '../quantity';
import type { Saving } from './saving';
import { type Scene, scaleRange } from './scene';

/** Below this many ACUs a serverless instance is idle whatever its floor says. */
const SMALLEST_FLOOR_ACU = 0.5;

/** Instances that always run cost about a third less when reserved; serverless has a savings plan. */
export function databaseCommitment(scene: Scene): readonly Saving[] {
  return [
    commitment(scene, {
      id: 'aurora-reserved',
      title: 'Reserve the database instances for a year, no upfront',
      discount: 'aurora.reserved.1y.no-upfront',
      // Autoscaled readers come and go.
      wanted: (line) => line.meter.startsWith('aurora.instance.') && line.label === undefined,
      change: 'buy reserved instances of the same class in RDS; they follow the instances',
    }),
    commitment(scene, {
      id: 'aurora-savings-plan',
      title: 'Database Savings Plan for the least ACUs, one year, no upfront',
      discount: 'aurora.savings-plan.1y.no-upfront',
      wanted: (line) => line.meter.startsWith('aurora.acu.'),
      change: 'buy the plan in the billing console for the floor of the cluster',
    }),
    commitment(scene, {
      id: 'cache-reserved',
      title: 'Reserve the cache nodes for a year, no upfront',
      discount: 'elasticache.reserved.1y.no-upfront',
      wanted: (line) => /^elasticache\.\w+\.node\./u.test(line.meter),
      change: 'buy reserved nodes of the same type in ElastiCache',
    }),
  ].flat();
}

interface Commitment {
  readonly id: string;
  readonly title: string;
  readonly discount: string;
  readonly wanted: (line: Line) => boolean;
  readonly change: string;
}

/** One saving per resource, so that those that another saving removes fall out alone. */
function commitment(scene: Scene, { id, title, discount: name, wanted, change }: Commitment): readonly Saving[] {
  const discount = scene.discount(name);
  if (discount === undefined) return [];
  return scene.floorLines(wanted).map((line) => {
    const cost = line.usd?.expected ?? 0;
    return {
      id,
      title,
      usd: { low: cost * discount.low, expected: cost * discount.expected, high: cost * discount.high },
      breakEven: `while it runs more than ${Math.round((1 - discount.expected) * 100)} % of the year`,
      risk: 'paid for a year even if the class or the engine changes',
      resources: [line.address],
      change,
      claims: [line.id],
    };
  });
}

/** I/O-Optimized pays when the I/O costs more than its dearer instances and storage. */
export function ioOptimized(scene: Scene): readonly Saving[] {
  return scene.assembly.ofType('AWS::RDS::DBCluster').flatMap((cluster) => {
    const instances = scene.assembly.linksTo(cluster, 'AWS::RDS::DBInstance').map(({ from }) => from);
    const lines = [cluster, ...instances].flatMap((resource) => scene.linesOf(resource));
    const io = lines.find(({ meter }) => meter === 'aurora.io');
    if (io?.usd === undefined || io.usd === null) return [];
    const dearer = lines.flatMap((line) => premium(scene, line));
    if (dearer.length === 0) return [];
    const extra = sumRanges(dearer);
    const millions = extra.expected / scene.price('aurora.io', io.region);
    const usd = {
      low: io.usd.low - extra.expected,
      expected: io.usd.expected - extra.expected,
      high: io.usd.high - extra.expected,
    };
    if (!(usd.expected > 0)) return [];
    return [
      {
        id: `io-optimized:${cluster.address}`,
        title: 'Aurora I/O-Optimized instead of Standard',
        usd,
        breakEven: `above ${Math.round(millions)} million I/O per month`,
        risk: 'the cluster can go back to Standard only once in 30 days',
        resources: [cluster.address],
        change: '`StorageType: aurora-iopt1` of the cluster',
        claims: [io.id],
      },
    ];
  });
}

function premium(scene: Scene, line: Line): { low: number; expected: number; high: number }[] {
  if (!/^aurora\.(instance|acu|storage)\.?(\.|standard)/u.test(line.meter) || line.usd === null) return [];
  const other = scene.price(line.meter.replace('standard', 'ioopt'), line.region);
  const now = scene.price(line.meter, line.region);
  return line.meter.includes('standard') ? [scaleRange(line.usd, other / now - 1)] : [];
}

/** A floor above the smallest is paid day and night. */
export function serverlessFloor(scene: Scene): readonly Saving[] {
  return scene.assembly.ofType('AWS::RDS::DBCluster').flatMap((cluster) => {
    const least = numberOf(cluster.property('ServerlessV2ScalingConfiguration', 'MinCapacity'));
    const lines = serverlessLines(scene, cluster);
    if (typeof least !== 'number' || least <= SMALLEST_FLOOR_ACU || lines.length === 0) return [];
    const usd = sumRanges(lines.flatMap((line) => line.usd ?? []));
    const share = (least - SMALLEST_FLOOR_ACU) / least;
    return [
      {
        id: `serverless-floor:${cluster.address}`,
        title: `A least capacity of ${SMALLEST_FLOOR_ACU} instead of ${least} ACU`,
        usd: { low: 0, expected: (usd.expected * share) / 2, high: usd.expected * share },
        breakEven: `when the cluster idles below ${least} ACU at least half of the time`,
        risk: 'a smaller buffer cache after quiet hours, and slower growth from a small size',
        resources: [cluster.address],
        change: '`ServerlessV2ScalingConfiguration.MinCapacity` of the cluster',
        claims: lines.map((line) => line.id),
      },
    ];
  });
}

function serverlessLines(scene: Scene, cluster: Resource): readonly Line[] {
  const instances = new Set(scene.assembly.linksTo(cluster, 'AWS::RDS::DBInstance').map(({ from }) => from.address));
  return scene.floorLines((line) => line.meter.startsWith('aurora.acu.') && instances.has(line.address));
}

/** Readers beyond one that usage shows to be idle. Without measured load nothing is said. */
export function idleReaders(scene: Scene, readerUtilisation: number | undefined): readonly Saving[] {
  if (readerUtilisation === undefined) return [];
  return scene.assembly.ofType('AWS::RDS::DBCluster').flatMap((cluster) => {
    const instances = [...new Set(scene.assembly.linksTo(cluster, 'AWS::RDS::DBInstance').map(({ from }) => from))];
    const readers = instances.length - 1;
    // One reader stays for fail-over; those left must carry the load below 70 %.
    const needed = Math.max(Math.ceil((readers * readerUtilisation) / 0.7), 1);
    const idle = instances.slice(instances.length - Math.max(readers - needed, 0));
    const lines = idle.flatMap((instance) => scene.linesOf(instance));
    const usd = sumRanges(lines.flatMap((line) => line.usd ?? []));
    if (usd.expected <= 0) return [];
    return [
      {
        id: `idle-readers:${cluster.address}`,
        title: `${needed} instead of ${readers} readers`,
        usd,
        breakEven: `while the readers' mean CPU stays below ${Math.round((0.7 * needed * 100) / readers)} %`,
        risk: 'less headroom for spikes until autoscaling adds readers; fail-over candidates become fewer',
        resources: idle.map(({ address }) => address),
        change: 'the number of fixed readers of the database configuration',
        claims: lines.map((line) => line.id),
      },
    ];
  });
}

/** What the cache keeps away from the database, at the price of the readers and the I/O it would take. */
export function cacheSavings(scene: Scene, cacheHitRatio: number | undefined): readonly Saving[] {
  if (cacheHitRatio === undefined || cacheHitRatio <= 0 || cacheHitRatio >= 1) return [];
  return scene.assembly.ofType('AWS::RDS::DBCluster').flatMap((cluster) => {
    const io = scene.linesOf(cluster, ({ meter }) => meter === 'aurora.io');
    const readers = scene.lines.filter(
      ({ meter, address }) => /^aurora\.(instance|acu)\./u.test(meter) && isInstanceOf(scene, address, cluster),
    );
    const perPoint = sumRanges([...io, ...readers].flatMap((line) => line.usd ?? [])).expected;
    if (perPoint <= 0) return [];
    // With a hit ratio h the database sees 1 - h of the reads; a point more takes 0.01 / (1 - h) of that load away.
    const share = Math.min(0.01 / (1 - cacheHitRatio), 1);
    return [
      {
        id: `cache-hit-ratio:${cluster.address}`,
        title: `One point more than a hit ratio of ${(cacheHitRatio * 100).toFixed(1)} %, which avoids ${avoidedIoUsd(io, cacheHitRatio).toFixed(2)} USD of I/O already`,
        usd: {
          low: 0,
          expected: sumRanges(io.flatMap((line) => line.usd ?? [])).expected * share,
          high: perPoint * share,
        },
        breakEven: 'the I/O falls at once, instances only when a size or a reader can go',
        risk: 'longer times to live serve older data',
        resources: [cluster.address],
        change: 'times to live and warming of the key classes with the most misses',
        claims: [],
      },
    ];
  });
}

/** What the cache saves already: database work avoided, priced at what the database costs for the work it does. */
function avoidedIoUsd(io: readonly Line[], cacheHitRatio: number): number {
  const usd = sumRanges(io.flatMap((line) => line.usd ?? [])).expected;
  return (usd * cacheHitRatio) / (1 - cacheHitRatio);
}

function isInstanceOf(scene: Scene, address: string, cluster: Resource): boolean {
  return scene.assembly.linksTo(cluster, 'AWS::RDS::DBInstance').some(({ from }) => from.address === address);
}
