import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ServiceKeys } from '../../../lib/constructs/secrets/service-keys';
import { testStack } from '../testing';

function keys() {
  const { stack } = testStack();
  return { stack, keys: new ServiceKeys(stack, 'Keys') };
}

const template = Template.fromStack(keys().stack);

test('four secrets are generated, encrypted with a key of their own, and stay', () => {
  template.resourceCountIs('AWS::SecretsManager::Secret', 4);
  template.allResources('AWS::SecretsManager::Secret', {
    Properties: {
      GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true },
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('KeysKey'), 'Arn'] },
    },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

test('the two rings move on every 30 days', () => {
  template.resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
  template.allResourcesProperties('AWS::SecretsManager::RotationSchedule', {
    RotationRules: { ScheduleExpression: 'rate(30 days)' },
  });
});

test('a container finds them in its variables, and who starts it may read and decrypt them', () => {
  const { stack, keys: given } = keys();
  const other = new Stack(stack.node.root as ConstructorParameters<typeof Stack>[0], 'Other');
  const task = new ecs.FargateTaskDefinition(other, 'Task');
  const container = task.addContainer('Web', { image: ecs.ContainerImage.fromRegistry('image') });
  given.addTo(container);

  const used = Template.fromStack(other);
  used.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({
        Secrets: ['SESSION_KEYS', 'CACHE_KEYS', 'CACHE_NAMING_KEY', 'WEBHOOK_KEYS'].map((Name) => ({
          Name,
          ValueFrom: Match.anyValue(),
        })),
      }),
    ],
  });
  const [policy] = Object.values(used.findResources('AWS::IAM::Policy'));
  const actions = JSON.stringify(policy?.Properties.PolicyDocument.Statement);
  expect(actions).toContain('secretsmanager:GetSecretValue');
  expect(actions).toContain('kms:Decrypt');
  expect(stack.dependencies).not.toContain(other);
});

test.each([0, 366])('fails when a ring is to move on after %d days', (days) => {
  const { stack } = testStack();
  expect(() => new ServiceKeys(stack, 'Keys', { rotateAfter: Duration.days(days) })).toThrow(
    `\`rotateAfter (days)\` must be between 1 and 365, got ${days}`,
  );
});
