import { sumRanges } from '../quantity';
import type { Saving } from './saving';
import type { Scene } from './scene';

/** A NAT gateway per zone is for availability; fewer cost less until a zone fails. */
export function fewerNatGateways(scene: Scene): readonly Saving[] {
  const gateways = scene.assembly.ofType('AWS::EC2::NatGateway');
  if (gateways.length < 2) return [];
  const extra = gateways.slice(1).flatMap((gateway) => scene.linesOf(gateway, ({ meter }) => meter.endsWith('hour')));
  const hours = sumRanges(extra.flatMap((line) => line.usd ?? []));
  const region = gateways[0]?.stack.region ?? '';
  const addresses = (gateways.length - 1) * scene.estimate.hours * scene.price('ipv4.public', region);
  const usd = { low: hours.low + addresses, expected: hours.expected + addresses, high: hours.high + addresses };
  // What leaves through a gateway of another zone is billed on both sides.
  const breakEvenGb = usd.expected / (gateways.length - 1) / (2 * scene.price('dt.interaz', region));
  return [
    {
      id: 'fewer-nat-gateways',
      title: `One NAT gateway instead of ${gateways.length}`,
      usd,
      breakEven: `below ${Math.round(breakEvenGb)} GB per month from each zone without one`,
      risk: 'when the zone of the gateway fails, no zone reaches the internet',
      resources: gateways.slice(1).map(({ address }) => address),
      change: '`network.natGateways: 1`',
      claims: extra.map((line) => line.id),
    },
  ];
}

/** An interface endpoint pays only above the traffic at which NAT's price per GB exceeds its hours. */
export function unneededEndpoints(scene: Scene): readonly Saving[] {
  return scene.assembly.ofType('AWS::EC2::VPCEndpoint').flatMap((endpoint) => {
    const lines = scene.linesOf(endpoint);
    const gb = lines.find(({ meter }) => meter === 'vpce.interface.gb');
    const hours = lines.find(({ meter }) => meter === 'vpce.interface.hour');
    if (!gb?.usd || !hours?.usd || scene.assembly.ofType('AWS::EC2::NatGateway').length === 0) return [];
    const perGb = scene.price('nat.gb', gb.region) - scene.price('vpce.interface.gb', gb.region);
    const usd = hours.usd.expected - gb.quantity.expected * perGb;
    if (!(usd > 0)) return [];
    return [
      {
        id: `endpoint:${endpoint.address}`,
        title: 'No interface endpoint: its traffic through NAT',
        usd: { low: hours.usd.low - gb.quantity.high * perGb, expected: usd, high: hours.usd.high },
        breakEven: `below ${Math.round(hours.usd.expected / perGb)} GB per month through it`,
        risk: 'traffic to the service leaves the VPC; some policies demand endpoints',
        resources: [endpoint.address],
        change: '`network.interfaceEndpoints`: leave the service out',
        claims: lines.map((line) => line.id),
      },
    ];
  });
}
