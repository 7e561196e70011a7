import { Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as fis from 'aws-cdk-lib/aws-fis';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BACKUP_TAG } from '../../shared/recoverability';
import { assertNoProblems } from '../../shared/validation';
import type { FailureId } from './failure-scenarios';

export interface FaultInjectionProps {
  /** Value of the tag `environment`: nothing else is touched. */
  readonly environment: string;

  /** The zone that is lost in the experiment about one. */
  readonly zone: string;

  /** Alarms that end an experiment at once, such as those that say that users are affected. */
  readonly stopAlarms: readonly cloudwatch.IAlarm[];
}

type Template = Pick<fis.CfnExperimentTemplateProps, 'targets' | 'actions'>;

const MANAGED_POLICIES = ['ECS', 'RDS', 'Network'].map(
  (service) => `service-role/AWSFaultInjectionSimulator${service}Access`,
);

/**
 * Experiments for the failures that AWS can cause, started by hand. Each ends when a stop alarm goes off, and touches
 * only what carries the environment's tag.
 */
export class FaultInjection extends Construct {
  /** The experiments by the failure that they cause. */
  public readonly experiments: ReadonlyMap<FailureId, fis.CfnExperimentTemplate>;

  public constructor(scope: Construct, id: string, props: FaultInjectionProps) {
    super(scope, id);
    assertNoProblems(
      this,
      props.stopAlarms.length === 0 ? ['`stopAlarms` must name an alarm: nothing else would end an experiment'] : [],
    );
    const role = this.addRole();
    const experiments = Object.entries(templates(props)).map(([failure, template]) => {
      const experiment = new fis.CfnExperimentTemplate(this, failure, {
        description: `${failure} in ${props.environment}`,
        roleArn: role.roleArn,
        tags: { Name: failure },
        stopConditions: props.stopAlarms.map(({ alarmArn }) => ({ source: 'aws:cloudwatch:alarm', value: alarmArn })),
        experimentOptions: { accountTargeting: 'single-account', emptyTargetResolutionMode: 'fail' },
        ...template,
      });
      return [failure as FailureId, experiment] as const;
    });
    this.experiments = new Map(experiments);
  }

  private addRole(): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('fis.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      managedPolicies: MANAGED_POLICIES.map((name) => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of MANAGED_POLICIES) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        reason: 'the policy that AWS keeps for exactly these actions; an experiment names its targets by tag',
      });
    }
    return role;
  }
}

/** https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html */
function templates({ environment, zone }: FaultInjectionProps): Partial<Record<FailureId, Template>> {
  const tagged = { environment };
  const databases = {
    resourceType: 'aws:rds:cluster',
    resourceTags: { ...tagged, [BACKUP_TAG.key]: BACKUP_TAG.value },
    selectionMode: 'ALL',
  };
  const failover = { actionId: 'aws:rds:failover-db-cluster', targets: { Clusters: 'databases' } };
  return {
    'writer-lost': { targets: { databases }, actions: { failover } },
    'zone-lost': {
      targets: {
        subnets: {
          resourceType: 'aws:ec2:subnet',
          resourceTags: tagged,
          selectionMode: 'ALL',
          filters: [{ path: 'AvailabilityZone', values: [zone] }],
        },
      },
      actions: {
        disconnect: {
          actionId: 'aws:network:disrupt-connectivity',
          parameters: { duration: 'PT10M', scope: 'all' },
          targets: { Subnets: 'subnets' },
        },
      },
    },
    'dependency-down': {
      targets: {
        subnets: { resourceType: 'aws:ec2:subnet', resourceTags: tagged, selectionMode: 'ALL' },
      },
      actions: {
        withoutS3: {
          actionId: 'aws:network:disrupt-connectivity',
          parameters: { duration: 'PT5M', scope: 's3' },
          targets: { Subnets: 'subnets' },
        },
      },
    },
  };
}
