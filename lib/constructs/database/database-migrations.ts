import { CfnOutput, Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as triggers from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
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
  public readonly function: PlatformFunction;

  public constructor(scope: Construct, id: string, props: DatabaseMigrationsProps) {
    super(scope, id);
    const { database } = props;
    this.function = this.addFunction(props);
    database.connections.allowDefaultPortFrom(this.function, 'Migrations log in to the writer');
    database.masterSecret.grantRead(this.function);

    const run = new triggers.Trigger(this, 'OnDeploy', {
      handler: this.function.function,
      timeout: Duration.minutes(10),
    });
    // Not before there is a writer to log in to, nor before the rule that lets the function reach it.
    run.executeAfter(database);
    new events.Rule(this, 'Daily', {
      description: 'Monthly partitions are made ahead of time',
      schedule: events.Schedule.rate(Duration.days(1)),
      targets: [new targets.LambdaFunction(this.function.function, { retryAttempts: 2 })],
    });
    new CfnOutput(this, 'FunctionName', { value: this.function.function.functionName });
  }

  private addFunction({ database, vpc, vpcSubnets }: DatabaseMigrationsProps): PlatformFunction {
    return new PlatformFunction(this, 'Function', {
      name: 'database-migrations',
      description: 'Keeps schema, users, grants and partitions of the database',
      timeout: Duration.minutes(10),
      // One at a time is all that there is to do.
      reservedConcurrency: 1,
      network: { vpc, vpcSubnets },
      onFailure: 'queue',
      environment: {
        DATABASE_HOST: database.cluster.clusterEndpoint.hostname,
        DATABASE_PORT: String(POSTGRES_PORT),
        DATABASE_NAME,
        DATABASE_TLS: 'on',
        DATABASE_SECRET_ARN: database.masterSecret.secretArn,
        // The certificates of RDS are not public ones; Lambda's own bundle has them, and Node must be told.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
    });
  }
}
