import { mapQuantity, type Quantity } from '../quantity';
import { fixed, monthly, originRequests, perRequest, type Rule } from './rule';

/** A rotated key costs up to two more key versions: https://aws.amazon.com/kms/pricing/. */
const ROTATED_VERSIONS = 2;

export const SECURITY_RULES: Readonly<Record<string, Rule>> = {
  'AWS::SecretsManager::Secret': {
    inputs: { requests: fixed('API calls', 'each task and function reads it once an hour', () => 10_000) },
    charges: (secret) => [
      monthly('secrets.secret', 1, 'secret'),
      { meter: 'secrets.api', quantity: mapQuantity(secret.use('requests'), (count) => count / 10_000) },
    ],
  },
  'AWS::KMS::Key': {
    inputs: {
      requests: perRequest(
        'API calls',
        'one for every hundred passed requests',
        (_, context) => originRequests(context) / 100,
      ),
    },
    charges: (key) => {
      const rotated = key.flag('EnableKeyRotation');
      const versions: Quantity = {
        low: 1,
        expected: 1,
        high: rotated ? 1 + ROTATED_VERSIONS : 1,
        origin: 'template',
        why: rotated ? 'key, and up to two more versions once it has rotated' : 'key',
      };
      return [
        { meter: 'kms.key', quantity: versions },
        { meter: 'kms.request', quantity: mapQuantity(key.use('requests'), (count) => count / 10_000) },
      ];
    },
  },
  'AWS::KMS::ReplicaKey': { charges: () => [monthly('kms.key', 1, 'replica key')] },
  'AWS::SSM::Parameter': {
    charges: (parameter) =>
      parameter.text('Tier', 'Standard') === 'Standard'
        ? 'standard parameters are free'
        : [monthly('ssm.advanced', 1, 'parameter')],
  },
  'AWS::Budgets::Budget': { charges: () => 'budgets without actions are free' },
};
