import { BOUNDS, type Quantity, times, weakest } from '../quantity';
import { asRange } from './joins';
import {
  type Charge,
  type Context,
  hourly,
  monthly,
  originRequests,
  perRequest,
  type Rule,
  type Subject,
} from './rule';

/** One LCU of an Application Load Balancer, per hour: https://aws.amazon.com/elasticloadbalancing/pricing/. */
const LCU = {
  newConnectionsPerSecond: 25,
  activeConnectionsPerMinute: 3000,
  processedGb: 1,
  ruleEvaluationsPerSecond: 1000,
};
type Dimension = keyof typeof LCU;

const responseGb = (context: Context): number => (originRequests(context) * context.traffic.responseKb) / 1e6;
const perSecond = (amount: number, { hours }: Context): number => amount / (hours * 3600);
const split = (resource: Subject, context: Context): number =>
  Math.max(context.assembly.ofType(resource.type).length, 1);

export const NETWORK_RULES: Readonly<Record<string, Rule>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    inputs: {
      processedGb: {
        ...perRequest('GB in the month, or GB of each hour', 'responses', (_, context) => responseGb(context)),
        series: true,
      },
      newConnectionsPerSecond: {
        ...perRequest('new connections per second', 'share of the requests', (_, context) =>
          perSecond(originRequests(context) * context.traffic.connectionShare, context),
        ),
        series: true,
      },
      activeConnectionsPerMinute: {
        ...perRequest('active connections per minute', 'each connection lives a minute', (_, context) =>
          perSecond(originRequests(context) * context.traffic.connectionShare * 60, context),
        ),
        series: true,
      },
      ruleEvaluationsPerSecond: {
        ...perRequest('rule evaluations beyond ten per request, per second', 'few rules', () => 0),
        series: true,
      },
      lcuHours: perRequest('LCU-hours', 'from the four dimensions', () => 0),
    },
    charges: loadBalancer,
  },
  'AWS::EC2::NatGateway': {
    inputs: {
      processedGb: perRequest(
        'GB processed',
        'GB per passed request',
        (nat, context) => (originRequests(context) * context.traffic.natGbPerRequest) / split(nat, context),
      ),
    },
    charges: (nat, context) => {
      const regional = nat.text('AvailabilityMode', 'zonal') === 'regional';
      return [
        hourly(regional ? 'nat.regional.hour' : 'nat.hour', 1, 'gateway', context),
        { meter: 'nat.gb', quantity: nat.use('processedGb') },
      ];
    },
  },
  'AWS::EC2::EIP': { charges: (_, context) => [hourly('ipv4.public', 1, 'public address', context)] },
  'AWS::EC2::VPCEndpoint': {
    inputs: {
      processedGb: perRequest('GB processed', 'a tenth of a GB per endpoint', () => 0.1),
    },
    charges: (endpoint, context) => {
      const type = endpoint.text('VpcEndpointType', 'Gateway');
      if (type === 'Gateway') return 'gateway endpoints are free';
      return [
        hourly('vpce.interface.hour', Math.max(endpoint.list('SubnetIds').length, 1), 'zones', context),
        { meter: 'vpce.interface.gb', quantity: endpoint.use('processedGb') },
      ];
    },
  },
  'AWS::EC2::VPC': {
    inputs: {
      crossZoneGb: perRequest('GB between zones, one way', 'share of the responses', (vpc, context) =>
        zonesOf(vpc) > 1 ? responseGb(context) * context.traffic.crossZoneShare : 0,
      ),
      internetOutGb: perRequest(
        'GB to the internet that CloudFront does not carry',
        'all goes through CloudFront',
        () => 0,
      ),
      otherRegionsGb: perRequest('GB to other regions', 'copies are counted where they are made', () => 0),
    },
    charges: (vpc) => [
      {
        meter: 'dt.interaz',
        quantity: times(vpc.use('crossZoneGb'), 2, `${vpc.use('crossZoneGb').why}, billed on both sides`),
      },
      ...['internetOutGb', 'otherRegionsGb'].flatMap((input, index) => {
        const quantity = vpc.use(input);
        return quantity.high > 0 ? [{ meter: index === 0 ? 'dt.internet.out' : 'dt.interregion', quantity }] : [];
      }),
    ],
  },
  'AWS::GlobalAccelerator::Accelerator': {
    charges: (_, context) => [hourly('globalaccelerator.hour', 1, 'accelerator', context)],
  },
};

function zonesOf(vpc: Subject): number {
  return vpc.namedBy('AWS::EC2::Subnet').length;
}

function loadBalancer(balancer: Subject, context: Context): readonly Charge[] {
  if (balancer.text('Type', 'application') !== 'application') return [monthly('nlb.hour', context.hours, 'hours')];
  const charges = [
    hourly('alb.hour', 1, 'load balancer', context),
    {
      meter: 'alb.lcu',
      quantity: balancer.given('lcuHours') === undefined ? lcuHours(balancer, context) : balancer.use('lcuHours'),
    },
  ];
  if (balancer.text('Scheme', 'internet-facing') === 'internal') return charges;
  const zones = Math.max(balancer.list('Subnets').length, balancer.list('SubnetMappings').length);
  return zones === 0 ? charges : [...charges, hourly('ipv4.public', zones, 'public addresses', context)];
}

/** An hour is billed for the dimension that needs most, so a profile of hours costs more than its mean. */
function lcuHours(balancer: Subject, context: Context): Quantity {
  const dimensions = Object.keys(LCU) as Dimension[];
  const uses = dimensions.map((dimension) => balancer.use(dimension));
  const cycle = Math.max(...dimensions.map((dimension) => profile(balancer, dimension, context, 'expected').length));
  const total = (bound: (typeof BOUNDS)[number]): number => {
    const profiles = dimensions.map((dimension) => profile(balancer, dimension, context, bound));
    const hoursOfCycle = Array.from({ length: cycle }, (_, hour) =>
      Math.max(
        ...profiles.map(
          (values, index) => (values[hour % values.length] ?? 0) / LCU[dimensions[index] ?? 'processedGb'],
        ),
      ),
    );
    return (hoursOfCycle.reduce((sum, value) => sum + value, 0) / cycle) * context.hours;
  };
  const [low = 0, expected = 0, high = 0] = BOUNDS.map(total);
  return {
    low,
    expected,
    high,
    origin: weakest(...uses.map(({ origin }) => origin)),
    why: `the largest of ${dimensions.length} dimensions, hour by hour`,
  };
}

/** The figures of each hour of the cycle; one figure when the mean is all there is. */
function profile(
  balancer: Subject,
  dimension: Dimension,
  context: Context,
  bound: (typeof BOUNDS)[number],
): readonly number[] {
  const given = balancer.given(dimension);
  if (Array.isArray(given)) return given.map((value) => value * context.scale);
  const amount = given === undefined ? balancer.use(dimension)[bound] : asRange(given)[bound] * context.scale;
  return [dimension === 'processedGb' ? amount / context.hours : amount];
}
