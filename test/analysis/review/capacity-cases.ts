import type { Case } from './planted';
import { alarm, and, nothing, of, promised, queue, target, without } from './resources';

/** Cases of the rules about capacity, objectives and alarms. What replaces is from "Update requires" in the CloudFormation resource reference. */
export const CAPACITY_CASES: readonly Case[] = [
  ['ceiling-lowered', [target(2, 10), target(2, 4)], [target(2, 4), target(2, 10)]],
  [
    'capacity-removed',
    [and(nothing, { Reader: of('AWS::RDS::DBInstance', { DBClusterIdentifier: 'c' }) }), nothing],
    [and(nothing, { Reader: of('AWS::RDS::DBProxy') }), nothing],
  ],
  ['capacity-changed', [target(2, 10), target(3, 10)], [queue({ DelaySeconds: 1 }), queue({ DelaySeconds: 2 })]],
  ['capacity-added', [nothing, and(nothing, target(1, 2).Resources)], [nothing, and(nothing, queue().Resources)]],
  [
    'objective-changed',
    [promised(200), { ...promised(500), Resources: queue().Resources }],
    [promised(200), { ...promised(200), Resources: queue().Resources }],
  ],
  ['alarm-removed', [alarm(), without(alarm(), 'Cpu')], [without(alarm(), 'Cpu'), alarm()]],
  // A CPU of more than 101 % there is not.
  ['alarm-mute', [alarm(), alarm({ Threshold: 101 })], [alarm(), alarm({ Threshold: 90 })]],
  ['alarm-changed', [alarm(), alarm({ Threshold: 90 })], [alarm(), alarm({ AlarmDescription: 'the CPU is busy' })]],
  ['alarm-added', [without(alarm(), 'Cpu'), alarm()], [alarm(), without(alarm(), 'Cpu')]],
];
