import { readTrace, traceTraffic } from '../traffic/trace';
import { type Surge, scaled, shapeOf, slice, steady, type Traffic, withSurge } from '../traffic/traffic';

/** Traffic as plain data, so that it can be written down and sent to a worker. */
export type TrafficSpec =
  | { readonly kind: 'steady'; readonly name: string; readonly rps: number; readonly durationSeconds: number }
  | {
      /** A day's wave: `meanRps` on average, `peakToMean` times that in the afternoon. */
      readonly kind: 'daily';
      readonly name: string;
      readonly meanRps: number;
      readonly peakToMean: number;
      readonly durationSeconds: number;
    }
  | {
      /** Straight growth from the first to the last second. */
      readonly kind: 'growth';
      readonly name: string;
      readonly fromRps: number;
      readonly toRps: number;
      readonly durationSeconds: number;
    }
  | {
      readonly kind: 'users';
      readonly name: string;
      readonly count: number;
      readonly thinkSeconds: number;
      readonly durationSeconds: number;
    }
  | { readonly kind: 'surge'; readonly name: string; readonly base: TrafficSpec; readonly surge: Surge }
  | {
      readonly kind: 'trace';
      readonly name: string;
      readonly file: string;
      /** Highest minute after scaling. @default - the trace's own */
      readonly peakRps?: number;
      /** @default 1 */
      readonly factor?: number;
      /** How many times faster it is played. @default 1 */
      readonly speed?: number;
      readonly fromSeconds?: number;
      readonly toSeconds?: number;
    };

const DAY = 86_400;

/** Builds the traffic that `spec` describes. */
export function trafficOf(spec: TrafficSpec): Traffic {
  switch (spec.kind) {
    case 'steady':
      return { ...steady(spec.rps, spec.durationSeconds), name: spec.name };
    case 'users':
      return {
        ...steady(spec.count / spec.thinkSeconds, spec.durationSeconds),
        name: spec.name,
        users: { count: spec.count, thinkSeconds: spec.thinkSeconds },
      };
    case 'daily':
      return { name: spec.name, durationSeconds: spec.durationSeconds, rps: wave(spec.meanRps, spec.peakToMean) };
    case 'growth':
      return {
        name: spec.name,
        durationSeconds: spec.durationSeconds,
        rps: (second) => spec.fromRps + ((spec.toRps - spec.fromRps) * second) / spec.durationSeconds,
      };
    case 'surge':
      return { ...withSurge(trafficOf(spec.base), spec.surge), name: spec.name };
    case 'trace':
      return tracePart(spec);
  }
}

function tracePart(spec: Extract<TrafficSpec, { kind: 'trace' }>): Traffic {
  const whole = traceTraffic(readTrace(spec.file));
  const part = slice(whole, spec.fromSeconds ?? 0, spec.toSeconds ?? whole.durationSeconds);
  const factor = spec.peakRps === undefined ? (spec.factor ?? 1) : spec.peakRps / shapeOf(part).peakRps;
  return { ...scaled(part, factor, spec.speed ?? 1), name: spec.name };
}

/** e^(k·cos) around 15:00: its peak is `peakToMean` times its mean for the k found here. */
function wave(meanRps: number, peakToMean: number): (second: number) => number {
  const sharpness = sharpnessFor(peakToMean);
  const mean = meanOfWave(sharpness);
  return (second) => (meanRps * Math.exp(sharpness * Math.cos((2 * Math.PI * (second - 15 * 3600)) / DAY))) / mean;
}

function sharpnessFor(peakToMean: number): number {
  let low = 0;
  let high = 50;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (Math.exp(middle) / meanOfWave(middle) < peakToMean) low = middle;
    else high = middle;
  }
  return low;
}

function meanOfWave(sharpness: number): number {
  const points = 288;
  let sum = 0;
  for (let point = 0; point < points; point++) sum += Math.exp(sharpness * Math.cos((2 * Math.PI * point) / points));
  return sum / points;
}
