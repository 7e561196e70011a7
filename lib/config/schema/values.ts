import { Duration } from 'aws-cdk-lib';
import { type Check, duration, text } from '../checks';

/** The variant of a union that has this `kind`. */
export type Kind<T, K> = Extract<T, { kind: K }>;

export const anyText = text(/\S/, 'a name');
export const region = text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1');

export const seconds = (min: number, max: number): Check => duration(Duration.seconds(min), Duration.seconds(max));
export const days = (min: number, max: number): Check => duration(Duration.days(min), Duration.days(max));
