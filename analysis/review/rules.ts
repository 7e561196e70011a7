import type { Rule } from './rule';
import { CAPACITY_RULES } from './rules/capacity-rules';
import { DATA_RULES } from './rules/data-rules';
import { OBJECTIVES_RULES } from './rules/objectives-rules';
import { SECURITY_RULES } from './rules/security-rules';

/** Everything a review looks for. Whatever is a `danger` makes the exit code 1. */
export const RULES: readonly Rule[] = [...DATA_RULES, ...SECURITY_RULES, ...CAPACITY_RULES, ...OBJECTIVES_RULES];
