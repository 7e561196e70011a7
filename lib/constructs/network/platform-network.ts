import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange } from '../../shared/validation';

/** Interface endpoints that the platform's own components call. */
export const INTERFACE_ENDPOINTS = {
  'ecr-api': ec2.InterfaceVpcEndpointAwsService.ECR,
  'ecr-docker': ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  monitoring: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
  'secrets-manager': ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  sqs: ec2.InterfaceVpcEndpointAwsService.SQS,
  kms: ec2.InterfaceVpcEndpointAwsService.KMS,
} as const;

export type InterfaceEndpoint = keyof typeof INTERFACE_ENDPOINTS;

/** What an environment decides about its network. */
export interface NetworkSettings {
  /** Private address range of the VPC, /16 to /19, such as `10.20.0.0/16`. */
  readonly cidr: string;

  /**
   * NAT gateways: how many, or `'none'` for a network without a way out. One is a shared point of failure and crosses
   * zones; one per zone is the highly available choice.
   */
  readonly natGateways: number | 'none';

  /** Interface endpoints, each billed per hour and zone. Without NAT, everything that tasks call must be listed. */
  readonly interfaceEndpoints: readonly InterfaceEndpoint[];

  /** Which traffic the flow logs record. */
  readonly flowLogs: 'all' | 'rejected';
}

export interface PlatformNetworkProps extends NetworkSettings {
  /** Zones to span, two or three, such as `['us-east-1a', 'us-east-1b']`. Named, so that synthesis needs no look-up. */
  readonly availabilityZones: readonly string[];

  /**
   * How long flow logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly flowLogRetention?: logs.RetentionDays;
}

/** A VPC with public, private and isolated subnets, the free gateway endpoints, and flow logs. */
export class PlatformNetwork extends Construct {
  /** The underlying VPC. */
  public readonly vpc: ec2.Vpc;

  /** Where tasks and load balancers run. */
  public readonly privateSubnets: ec2.SubnetSelection = { subnetGroupName: 'private' };

  /** Where data lives: no route to or from the internet. */
  public readonly isolatedSubnets: ec2.SubnetSelection = { subnetGroupName: 'isolated' };

  public constructor(scope: Construct, id: string, props: PlatformNetworkProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));

    this.vpc = new ec2.Vpc(this, 'Resource', {
      ipAddresses: ec2.IpAddresses.cidr(props.cidr),
      availabilityZones: [...props.availabilityZones],
      natGateways: props.natGateways === 'none' ? 0 : props.natGateways,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: subnets(props.natGateways),
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    for (const endpoint of props.interfaceEndpoints) this.addInterfaceEndpoint(endpoint);
    this.logFlows(props);
  }

  private addInterfaceEndpoint(name: InterfaceEndpoint): void {
    const endpoint = this.vpc.addInterfaceEndpoint(name, {
      service: INTERFACE_ENDPOINTS[name],
      subnets: this.isolatedSubnets,
    });
    for (const group of endpoint.connections.securityGroups) {
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-EC23',
        reason: 'the endpoint is reachable from inside the VPC only; the range is the VPC’s own, known at deploy time',
      });
    }
  }

  private logFlows({ flowLogs, flowLogRetention }: PlatformNetworkProps): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      retention: flowLogRetention ?? logs.RetentionDays.ONE_MONTH,
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: flowLogs === 'all' ? ec2.FlowLogTrafficType.ALL : ec2.FlowLogTrafficType.REJECT,
    });
  }
}

/** Isolated subnets hold data; private ones hold tasks, and have a way out only when there is a NAT gateway. */
function subnets(natGateways: NetworkSettings['natGateways']): ec2.SubnetConfiguration[] {
  return [
    { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
    {
      name: 'private',
      // A private subnet of a VPC without NAT is the same thing as an isolated one, and CDK insists on the name.
      subnetType: natGateways === 'none' ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS,
      cidrMask: 22,
    },
    { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
  ];
}

function validate({ availabilityZones, natGateways, cidr, interfaceEndpoints }: PlatformNetworkProps): string[] {
  const zones = availabilityZones.length;
  const mask = Number(cidr.split('/')[1]);
  return [
    ...integerInRange('availabilityZones (count)', zones, 2, 3),
    ...(new Set(availabilityZones).size === zones ? [] : ['`availabilityZones` must differ from each other']),
    ...(natGateways === 'none' ? [] : integerInRange('natGateways', natGateways, 1, zones)),
    ...integerInRange('cidr (prefix length)', mask, 16, 19),
    ...(new Set(interfaceEndpoints).size === interfaceEndpoints.length
      ? []
      : ['`interfaceEndpoints` must not name an endpoint twice']),
  ];
}
