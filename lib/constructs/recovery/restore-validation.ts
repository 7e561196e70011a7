import { ArnFormat, type CfnElement, Duration, Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { acknowledgeResource, spelledArn } from '../../shared/wildcards';
import { RESTORE_TEST } from '../backup/backup-events';
import type { PlatformFunction } from '../function/platform-function';

export interface RestoreValidationProps {
  /** Compares a restored database with its manifest (lambda/restore-validation). */
  readonly validator: PlatformFunction;
}

/** What is needed to look into a copy, not to serve from it. */
const INSTANCE_CLASS = 'db.t4g.medium';

/**
 * Looks into a restored cluster. AWS Backup restores storage without an instance, so one is made first and goes again
 * afterwards, whatever came out: https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-aur.html
 */
export class RestoreValidation extends Construct {
  /** The underlying state machine; its input is the event of a restore job. */
  public readonly stateMachine: sfn.StateMachine;

  public constructor(scope: Construct, id: string, { validator }: RestoreValidationProps) {
    super(scope, id);
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      comment: 'Looks into a restored database and reports what it found',
      definitionBody: sfn.DefinitionBody.fromChainable(this.definition(validator)),
      timeout: Duration.hours(3),
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR }),
        level: sfn.LogLevel.ALL,
      },
    });
    this.acknowledge(validator);
  }

  private acknowledge(validator: PlatformFunction): void {
    const { role } = this.stateMachine;
    const fn: unknown = Stack.of(this).resolve((validator.function.node.defaultChild as CfnElement).logicalId);
    acknowledgeResource(role, '*', 'restore jobs and log delivery know no resources');
    acknowledgeResource(
      role,
      spelledArn(this, 'rds', 'cluster:*'),
      'a restored cluster has a name that AWS Backup makes up',
    );
    acknowledgeResource(
      role,
      spelledArn(this, 'rds', `db:${INSTANCE_PREFIX}*`),
      'the instances that this machine makes and removes',
    );
    acknowledgeResource(role, `<${String(fn)}.Arn>:*`, 'the versions of one function');
  }

  private definition(validator: PlatformFunction): sfn.IChainable {
    const look = new sfn.Parallel(this, 'Look', { outputPath: '$[0]' }).branch(this.lookInto(validator));
    const broken = new sfn.Pass(this, 'NothingLearnt', {
      parameters: {
        'detail.$': '$.detail',
        verdict: { passed: false, 'message.$': "States.Format('the check itself failed: {}', $.error.Error)" },
      },
    });
    const clear = this.rds('RemoveInstance', 'deleteDBInstance', 'db', {
      DbInstanceIdentifier: INSTANCE_NAME,
      SkipFinalSnapshot: true,
    });
    // The cluster can only be deleted once its instance is gone.
    const letGo = new sfn.Wait(this, 'LetItGo', { time: sfn.WaitTime.duration(Duration.minutes(10)) });
    const report = letGo.next(this.report());
    look.addCatch(broken, { resultPath: '$.error' });
    // AWS Backup deletes what the test restored, and an instance that stays in its way shows up as a failed deletion.
    clear.addCatch(report, { resultPath: '$.clearing' });
    broken.next(clear);
    return look.next(clear).next(report);
  }

  private lookInto(validator: PlatformFunction): sfn.IChainable {
    const job = new tasks.CallAwsService(this, 'FindRecoveryPoint', {
      service: 'backup',
      action: 'describeRestoreJob',
      parameters: { RestoreJobId: sfn.JsonPath.stringAt('$.detail.restoreJobId') },
      iamResources: ['*'],
      resultSelector: {
        'recoveryPointAt.$': '$.RecoveryPointCreationDate',
        'startedAt.$': '$.CreationDate',
        'arn.$': '$.CreatedResourceArn',
      },
      resultPath: '$.job',
    });
    const cluster = this.rds('FindCluster', 'describeDBClusters', 'cluster', {
      DbClusterIdentifier: sfn.JsonPath.stringAt('$.job.arn'),
    });
    const instance = this.rds('AddInstance', 'createDBInstance', 'db', {
      DbInstanceIdentifier: INSTANCE_NAME,
      DbClusterIdentifier: sfn.JsonPath.stringAt('$.cluster.DbClusters[0].DbClusterIdentifier'),
      DbInstanceClass: INSTANCE_CLASS,
      Engine: 'aurora-postgresql',
      PubliclyAccessible: false,
    });
    const pause = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.duration(Duration.minutes(1)) });
    const state = this.rds('IsItUp', 'describeDBInstances', 'instance', { DbInstanceIdentifier: INSTANCE_NAME });
    const compare = new tasks.LambdaInvoke(this, 'Compare', {
      lambdaFunction: validator.function,
      payload: sfn.TaskInput.fromObject({
        host: sfn.JsonPath.stringAt('$.cluster.DbClusters[0].Endpoint'),
        restoreStartedAt: sfn.JsonPath.stringAt('$.job.startedAt'),
        recoveryPointAt: sfn.JsonPath.stringAt('$.job.recoveryPointAt'),
      }),
      payloadResponseOnly: true,
      taskTimeout: sfn.Timeout.duration(Duration.minutes(16)),
      resultPath: '$.verdict',
    });
    const up = new sfn.Choice(this, 'Up')
      .when(sfn.Condition.stringEquals('$.instance.DbInstances[0].DbInstanceStatus', 'available'), compare)
      .otherwise(pause);
    return job.next(cluster).next(instance).next(pause).next(state).next(up);
  }

  private report(): sfn.IChainable {
    const passed = sfn.Condition.booleanEquals('$.verdict.passed', true);
    const tell = (id: string, ValidationStatus: string): tasks.CallAwsService =>
      new tasks.CallAwsService(this, id, {
        service: 'backup',
        action: 'putRestoreValidationResult',
        parameters: {
          RestoreJobId: sfn.JsonPath.stringAt('$.detail.restoreJobId'),
          ValidationStatus,
          ValidationStatusMessage: sfn.JsonPath.stringAt('$.verdict.message'),
        },
        iamResources: ['*'],
        resultPath: sfn.JsonPath.DISCARD,
      });
    const announce = new tasks.EventBridgePutEvents(this, 'Announce', {
      entries: [
        {
          source: RESTORE_TEST.source,
          detailType: RESTORE_TEST.detailType,
          detail: sfn.TaskInput.fromJsonPathAt('$.verdict'),
        },
      ],
      resultPath: sfn.JsonPath.DISCARD,
    });
    // Told before it is reported: a result that AWS Backup does not take must not be lost.
    return announce.next(
      new sfn.Choice(this, 'Passed')
        .when(passed, tell('ReportPassed', 'SUCCESSFUL'))
        .otherwise(tell('ReportFailed', 'FAILED')),
    );
  }

  /** A call whose answer is kept under `name`. Only what this machine made carries its name. */
  private rds(id: string, action: string, name: string, parameters: Record<string, unknown>): tasks.CallAwsService {
    const arn = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'rds', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    return new tasks.CallAwsService(this, id, {
      service: 'rds',
      action,
      parameters,
      iamResources: [arn('cluster', '*'), arn('db', `${INSTANCE_PREFIX}*`)],
      resultPath: `$.${name}`,
    });
  }
}

const INSTANCE_PREFIX = 'restore-check-';
/** Restore jobs have UUIDs, so the name is as unique as the job. */
const INSTANCE_NAME = sfn.JsonPath.format(`${INSTANCE_PREFIX}{}`, sfn.JsonPath.stringAt('$.detail.restoreJobId'));
