import { type Assembly, type Resource, resourcesIn } from '../../template';
import type { ScalableTargetDefinition } from '../scaling/policy-definition';
import { number } from '../template/read-metric';
import { policiesOf } from '../template/read-policy';
import { dimension, readTarget, SCALABLE_TARGET } from '../template/read-scalable-target';
import { Notes, TemplateError } from '../template/template-error';

/** What a template says about one function. */
export interface FunctionModel {
  /** Construct path or address of the function, for people. */
  readonly name: string;
  /** Executions that are reserved for it, which is also the most it gets. @default - it shares those of the account */
  readonly reserved?: number;
  /** Warm environments of its alias: a fixed number has equal bounds. @default - none */
  readonly provisioned?: ScalableTargetDefinition;
  readonly notModelled: readonly string[];
}

/**
 * Reads every function of an assembly.
 *
 * @throws {TemplateError} when a policy of one cannot work
 */
export function readFunctions(assembly: Assembly): FunctionModel[] {
  return assembly.ofType('AWS::Lambda::Function').map((lambda) => readFunction(assembly, lambda));
}

function readFunction(assembly: Assembly, lambda: Resource): FunctionModel {
  const notes = new Notes();
  const reserved = number(lambda.property('ReservedConcurrentExecutions'));
  const provisioned = readProvisioned(assembly, lambda, notes);
  if (notes.problems.length > 0) throw new TemplateError(notes.problems);
  return {
    name: lambda.path?.replace(/\/Resource$/, '') ?? lambda.address,
    ...(reserved !== undefined && { reserved }),
    ...(provisioned && { provisioned }),
    notModelled: notes.notModelled,
  };
}

function readProvisioned(assembly: Assembly, lambda: Resource, notes: Notes): ScalableTargetDefinition | undefined {
  const target = assembly
    .ofType(SCALABLE_TARGET)
    .find(
      (one) =>
        dimension(one) === 'lambda:function:ProvisionedConcurrency' &&
        resourcesIn(one.property('ResourceId')).includes(lambda),
    );
  if (target !== undefined) {
    return readTarget(target, policiesOf(target, { assembly, idle: [], taskCapacityRps: 1, notes }), notes);
  }
  const alias = assembly
    .ofType('AWS::Lambda::Alias')
    .find((one) => resourcesIn(one.property('FunctionName')).includes(lambda));
  const fixed = number(alias?.property('ProvisionedConcurrencyConfig', 'ProvisionedConcurrentExecutions'));
  if (alias === undefined || fixed === undefined) return undefined;
  return { name: alias.logicalId, minCapacity: fixed, maxCapacity: fixed, policies: [], schedules: [] };
}
