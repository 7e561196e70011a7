import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import { PlatformFunction } from '../function/platform-function';

/** Letters and digits that are the base64 of 32 bytes, but for the padding. */
const BASE64_OF_32_BYTES = 43;

/** The variable that a process finds a secret in. */
export type KeyVariable = 'SESSION_KEYS' | 'CACHE_KEYS' | 'CACHE_NAMING_KEY' | 'WEBHOOK_KEYS';

export interface ServiceKeysProps {
  /**
   * How often a ring moves on. Every process must have been started anew between two rotations.
   *
   * @default Duration.days(30)
   */
  readonly rotateAfter?: Duration;

  /**
   * Region that gets every secret and every rotation of it too, encrypted with that region's `aws/secretsmanager` key.
   *
   * @default - none
   */
  readonly replicaRegion?: string;
}

/**
 * The keys that the service signs sessions and encrypts its cache with: generated, rotated, and never in a template.
 *
 * @stateful
 */
export class ServiceKeys extends Construct {
  private readonly secrets: Readonly<Record<KeyVariable, secretsmanager.ISecret>>;
  private readonly encryptionKey: kms.Key;

  public constructor(scope: Construct, id: string, props: ServiceKeysProps = {}) {
    super(scope, id);
    const rotateAfter = props.rotateAfter ?? Duration.days(30);
    assertNoProblems(this, integerInRange('rotateAfter (days)', rotateAfter.toDays({ integral: false }), 1, 365));

    this.encryptionKey = encryptionKey(this, 'Secrets of the service');
    const rotation = this.addRotation();
    const rings = [this.addSecret('SessionKeys', props), this.addSecret('CacheKeys', props)] as const;
    for (const ring of rings)
      ring.addRotationSchedule('Rotation', { rotationLambda: rotation.function, automaticallyAfter: rotateAfter });

    const naming = this.addSecret('CacheNamingKey', props);
    Validations.of(naming).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'the names of all personal cache entries hang on it: a new key would empty that part of the cache',
    });
    const webhooks = this.addSecret('WebhookKeys', props);
    Validations.of(webhooks).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'the secrets of all webhooks are sealed with it: it may be added to by hand, but must not go away',
    });
    this.secrets = {
      SESSION_KEYS: rings[0],
      CACHE_KEYS: rings[1],
      CACHE_NAMING_KEY: naming,
      WEBHOOK_KEYS: webhooks,
    };
  }

  /**
   * Hands the secrets to a container. Whoever starts it gets the permission in its own policy: one in the key's would
   * make this stack depend on that of the container.
   *
   * @param variables which of them; all when left out
   */
  public addTo(container: ecs.ContainerDefinition, variables?: readonly KeyVariable[]): void {
    this.encryptionKeyIn(container).grantDecrypt(container.taskDefinition.obtainExecutionRole());
    const wanted: readonly string[] = variables ?? Object.keys(this.secrets);
    for (const [variable, { secretArn }] of Object.entries(this.secrets).filter(([name]) => wanted.includes(name))) {
      const secret = secretsmanager.Secret.fromSecretCompleteArn(container, variable, secretArn);
      container.addSecret(variable, ecs.Secret.fromSecretsManager(secret));
    }
  }

  /** The key that encrypts the secrets, for others in the stack of `scope`. */
  public encryptionKeyIn(scope: Construct): kms.IKey {
    return kms.Key.fromKeyArn(scope, 'ServiceKeysKey', this.encryptionKey.keyArn);
  }

  /** Lets a function read the secrets when it starts; which ones, its variables `…_SECRET_ARN` say. */
  public addToFunction(fn: PlatformFunction): void {
    this.encryptionKeyIn(fn).grantDecrypt(fn);
    for (const [variable, { secretArn }] of Object.entries(this.secrets)) {
      secretsmanager.Secret.fromSecretCompleteArn(fn, variable, secretArn).grantRead(fn);
      fn.function.addEnvironment(`${variable}_SECRET_ARN`, secretArn);
    }
  }

  private addSecret(id: string, { replicaRegion }: ServiceKeysProps): secretsmanager.Secret {
    return new secretsmanager.Secret(this, id, {
      encryptionKey: this.encryptionKey,
      generateSecretString: { passwordLength: BASE64_OF_32_BYTES, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
      ...(replicaRegion === undefined ? {} : { replicaRegions: [{ region: replicaRegion }] }),
    });
  }

  private addRotation(): PlatformFunction {
    const rotation = new PlatformFunction(this, 'Rotation', {
      name: 'key-rotation',
      description: 'Moves the rings of keys of the service on',
    });
    Validations.of(rotation.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'secretsmanager:GetRandomPassword has no resource to name; every other permission names its own',
    });
    return rotation;
  }
}
