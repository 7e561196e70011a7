import { Validations } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

export interface ContainerClusterProps {
  /** The VPC that the tasks run in. */
  readonly vpc: ec2.IVpc;

  /**
   * How much ECS reports about tasks and containers; every level above `disabled` is billed by metric.
   *
   * @default ContainerInsights.ENHANCED
   */
  readonly containerInsights?: ecs.ContainerInsights;
}

/** Where services and workers run: a Fargate cluster with both capacity providers. */
export class ContainerCluster extends Construct {
  /** The underlying cluster. */
  public readonly cluster: ecs.Cluster;

  public constructor(scope: Construct, id: string, props: ContainerClusterProps) {
    super(scope, id);
    const containerInsights = props.containerInsights ?? ecs.ContainerInsights.ENHANCED;
    // Not 'Resource': CDK adds a child with the cluster's own id to the cluster, where that name is taken.
    this.cluster = new ecs.Cluster(this, 'Fargate', {
      vpc: props.vpc,
      containerInsightsV2: containerInsights,
      enableFargateCapacityProviders: true,
    });
    if (containerInsights === ecs.ContainerInsights.DISABLED) {
      Validations.of(this.cluster).acknowledge({
        id: 'AwsSolutions-ECS4',
        reason: 'the environment chose to save the metrics; the service’s own CPU and memory metrics are free and stay',
      });
    }
  }
}
