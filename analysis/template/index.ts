/**
 * The resolved model of a cloud assembly or of one bare template.
 *
 * ```ts
 * const production = loadAssembly('cdk.out').stage('Production');
 * for (const service of production.ofType('AWS::ECS::Service')) {
 *   const [definition] = resourcesIn(service.property('TaskDefinition'), 'AWS::ECS::TaskDefinition');
 *   const cpu = numberOf(definition?.property('Cpu')); // number, undefined (absent) or Unresolved (with its reason)
 *   const targets = production.linksTo(service, 'AWS::ApplicationAutoScaling::ScalableTarget');
 * }
 * ```
 *
 * What the templates do not tell is `Unresolved`, never a guess.
 */
export { InvalidAssemblyError } from './invalid-assembly-error';
export { type LoadOptions, loadAssembly } from './load-assembly';
export {
  type Assembly,
  Concatenation,
  Reference,
  type Resource,
  type Stack,
  Unresolved,
  type Value,
  type ValueMap,
} from './model';
export { shortPath, withoutStages } from './short-path';
export { booleanOf, describe, isList, isMap, numberOf, referencesIn, resourcesIn, textOf } from './values';
