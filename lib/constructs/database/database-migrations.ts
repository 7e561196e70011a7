import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as triggers from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import type { AuroraDatabase } from './aurora-database';
import { DATABASE_NAME, POSTGRES_PORT } from './database-settings';

export interface DatabaseMigrationsProps {
  /** The database whose schema, users and grants are kept. */
  readonly database: AuroraDatabase;

  /** The VPC the function runs in. */
  readonly vpc: ec2.IVpc;

  /** Its subnets; Secrets Manager must be reachable from there. */
  readonly vpcSubnets: ec2.SubnetSelection;
}

/**
 * Brings the schema up to date: during every deploy that changes a migration, before anything that stands on this
 * stack; and every day, for the monthly partitions. Safe to run twice; a deploy whose migration fails is rolled back.
 * By hand, it is invoked without a payload; the stack puts its name out.
 */
export class DatabaseMigrations extends Construct {
  /** The function that logs in as the owner of the schema. */
  public readonly handler: lambda.Function;

  public constructor(scope: Construct, id: string, props: DatabaseMigrationsProps) {
    super(scope, id);
    const { database } = props;
    this.handler = this.addFunction(props);
    this.acknowledge();
    database.connections.allowDefaultPortFrom(this.handler, 'Migrations log in to the writer');
    database.masterSecret.grantRead(this.handler);

    const run = new triggers.Trigger(this, 'OnDeploy', { handler: this.handler, timeout: Duration.minutes(10) });
    // Not before there is a writer to log in to, nor before the rule that lets the function reach it.
    run.executeAfter(database);
    new events.Rule(this, 'Daily', {
      description: 'Monthly partitions are made ahead of time',
      schedule: events.Schedule.rate(Duration.days(1)),
      targets: [new targets.LambdaFunction(this.handler, { retryAttempts: 2 })],
    });
    new CfnOutput(this, 'FunctionName', { value: this.handler.functionName });
  }

  private addFunction({ database, vpc, vpcSubnets }: DatabaseMigrationsProps): lambda.Function {
    return new lambda.Function(this, 'Function', {
      description: 'Keeps schema, users, grants and partitions of the database',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset('dist/lambda/database-migrations'),
      handler: 'index.handler',
      memorySize: 256,
      timeout: Duration.minutes(10),
      // One at a time is all that there is to do.
      reservedConcurrentExecutions: 1,
      vpc,
      vpcSubnets,
      securityGroups: [
        new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Migrations of the database' }),
      ],
      environment: {
        DATABASE_HOST: database.cluster.clusterEndpoint.hostname,
        DATABASE_PORT: String(POSTGRES_PORT),
        DATABASE_NAME,
        DATABASE_TLS: 'on',
        DATABASE_SECRET_ARN: database.masterSecret.secretArn,
        // The certificates of RDS are not public ones; Lambda's own bundle has them, and Node must be told.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup: new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS }),
    });
  }

  private acknowledge(): void {
    for (const policy of ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole']) {
      Validations.of(this.handler).acknowledge({
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${policy}]`,
        reason: 'the policy that AWS keeps for exactly this: a function writes its logs and has interfaces in a VPC',
      });
    }
  }
}
