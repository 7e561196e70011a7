import { InvalidArgumentError } from 'commander';
import type { ForecastModel } from '../../analysis/rehearsal';

/** The flags of `npm run rehearse`. */
export interface RehearseOptions {
  readonly environment?: string;
  readonly assembly?: string;
  readonly service?: string;
  readonly function?: string;
  readonly duration?: number;
  readonly coldStart?: number;
  readonly scenario: readonly string[];
  readonly trace: readonly string[];
  readonly peak?: number;
  readonly scale?: number;
  readonly speed?: number;
  readonly from?: number;
  readonly hours?: number;
  readonly seeds: number;
  readonly workers: number;
  readonly capacity?: number;
  readonly loadResult?: string;
  readonly objectives?: string;
  readonly hitRatio?: number;
  readonly keyTrace?: string;
  readonly cachedShare: number;
  readonly cacheTtl?: number;
  readonly forecast: ForecastModel;
  readonly max?: number;
  readonly sensitivity: boolean;
  readonly compare: readonly string[];
  readonly keep?: string;
  readonly tune: boolean;
  readonly plan: boolean;
  readonly monthlyGrowth: number;
  readonly json: boolean;
  readonly markdown?: string;
  readonly html?: string;
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number from 0');
  return value;
}

export function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('expected a share from 0 to below 1');
  return value;
}
