import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';

export interface RecoveryNetworkProps {
  /** Private address range, other than the primary's, such as `10.21.0.0/16`. */
  readonly cidr: string;

  /** Two or three zones of the recovery region. */
  readonly availabilityZones: readonly string[];
}

/**
 * Where databases live in the recovery region: subnets without a way out but to S3, which is free. It costs nothing
 * while nothing is in it.
 */
export class RecoveryNetwork extends Construct {
  /** The underlying VPC. */
  public readonly vpc: ec2.Vpc;

  /** Its subnets. */
  public readonly vpcSubnets: ec2.SubnetSelection = { subnetGroupName: 'isolated' };

  /** The same as RDS takes them. */
  public readonly subnetGroup: rds.SubnetGroup;

  public constructor(scope: Construct, id: string, { cidr, availabilityZones }: RecoveryNetworkProps) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Resource', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      availabilityZones: [...availabilityZones],
      natGateways: 0,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(
        new logs.LogGroup(this, 'FlowLogs', { retention: logs.RetentionDays.ONE_MONTH }),
      ),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
    this.subnetGroup = new rds.SubnetGroup(this, 'Databases', {
      description: 'Databases in the recovery region',
      vpc: this.vpc,
      vpcSubnets: this.vpcSubnets,
    });
  }
}
