import { development } from './development';
import type { PlatformConfig } from './platform-config';
import { production } from './production';
import { staging } from './staging';

export type { Objectives } from './objectives';
export type { PlatformConfig } from './platform-config';
export { InvalidConfigError, validateConfig } from './validate';

/** Every environment, in the order in which a change travels. */
export const ENVIRONMENTS: readonly PlatformConfig[] = [development, staging, production];
