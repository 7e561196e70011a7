import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { recoverOtherwise } from '../../shared/recoverability';
import type { ServiceKeys } from '../secrets/service-keys';

/** The header that only the CDN knows the value of. */
export const ORIGIN_HEADER = 'x-origin-verify';

/**
 * What the CDN says to an API so that it knows it. CloudFront signs no requests to API Gateway, and the address of an
 * API is public: without this, anybody could go around the CDN and its web ACL (docs/decisions/0052).
 */
export class OriginGate extends Construct {
  private readonly secret: secretsmanager.ISecret;

  /** @param keys whose key encrypts it */
  public constructor(scope: Construct, id: string, keys: ServiceKeys) {
    super(scope, id);
    this.secret = new secretsmanager.Secret(this, 'Secret', {
      description: 'What the CDN says to the APIs behind it',
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
      encryptionKey: keys.encryptionKeyIn(this),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    recoverOtherwise(this.secret, {
      means: 'rebuild',
      reason: 'a deployment makes another value and gives it to the CDN and the APIs together',
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'a new value must reach the CDN and the APIs together: it comes with a deployment, not by a schedule',
    });
  }

  public get secretArn(): string {
    return this.secret.secretArn;
  }

  /** Lets `grantee` read the value. */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.secret.grantRead(grantee);
  }

  /** The value, for the configuration of AWS's own services; CloudFormation looks it up, no template has it. */
  public get value(): string {
    return this.secret.secretValue.unsafeUnwrap();
  }
}
