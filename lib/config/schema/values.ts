import { Duration } from 'aws-cdk-lib';
import { type Check, duration, list, text } from '../checks';

/** The variant of a union that has this `kind`. */
export type Kind<T, K> = Extract<T, { kind: K }>;

export const anyText = text(/\S/, 'a name');
export const region = text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1');

/** One to ten people. */
export const emails = list(text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'an address such as costs@example.com'), 1, 10);

export const seconds = (min: number, max: number): Check => duration(Duration.seconds(min), Duration.seconds(max));
export const days = (min: number, max: number): Check => duration(Duration.days(min), Duration.days(max));

export const zone = text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'a zone such as us-east-1a');
