import { CACHE_RULES } from './cache';
import { CONTAINER_RULES } from './containers';
import { DATABASE_RULES } from './database';
import { EDGE_RULES } from './edge';
import { FUNCTION_RULES, SERVERLESS_RULES } from './functions';
import { MESSAGING_RULES } from './messaging';
import { NETWORK_RULES } from './network';
import { OBSERVABILITY_RULES } from './observability';
import type { Rule } from './rule';
import { SECURITY_RULES } from './security';
import { STORAGE_RULES } from './storage';

/** One row per CloudFormation type that may cost something; the types that never do are in `free.ts`. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  [
    CACHE_RULES,
    CONTAINER_RULES,
    DATABASE_RULES,
    EDGE_RULES,
    FUNCTION_RULES,
    MESSAGING_RULES,
    NETWORK_RULES,
    OBSERVABILITY_RULES,
    SECURITY_RULES,
    SERVERLESS_RULES,
    STORAGE_RULES,
  ].flatMap((rows) => Object.entries(rows)),
);

/** Usage that can be given for resources of `type`, by name. */
export function inputsOf(type: string): NonNullable<Rule['inputs']> {
  return RULES.get(type)?.inputs ?? {};
}
