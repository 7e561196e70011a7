import type { EdgeRequest, EdgeValues } from './event';
import type { Routing } from './routing';

/** Carries the variant to cache key and origin; what a viewer sends under this name is overwritten. */
export const VARIANT_HEADER = 'x-headroom-variant';

/** Remembers the assignment, so that a viewer stays where they are when the shares change. */
export const VARIANT_COOKIE = 'headroom_variant';

export interface Variant {
  release: 'stable' | 'canary';
  arm: 'a' | 'b';
}

/**
 * The variant of a viewer: what the cookie says, else a hash of address and browser. Deterministic, so the functions
 * before and after the cache agree without telling each other anything.
 */
export function variantOf(request: EdgeRequest, viewerIp: string, routing: Routing): Variant {
  const remembered = request.cookies[VARIANT_COOKIE];
  const parts = remembered === undefined ? [] : remembered.value.split('.');
  const agent = request.headers['user-agent'];
  const viewer = `${viewerIp} ${agent === undefined ? '' : agent.value}`;
  const canary = routing.canary;
  const experiment = routing.experiment;
  const named = experiment === undefined ? '' : experiment.name;
  return {
    release:
      canary === undefined ? 'stable' : choose(parts[0], 'canary', 'stable', `release ${viewer}`, canary.percent),
    arm:
      experiment === undefined ? 'a' : choose(armOf(parts, named), 'b', 'a', `${named} ${viewer}`, experiment.percent),
  };
}

/** `stable.a.checkout`: short, and without anything that identifies the viewer. */
export function rememberedAs(variant: Variant, routing: Routing): string {
  const name = routing.experiment === undefined ? '' : routing.experiment.name;
  return `${variant.release}.${variant.arm}.${name}`;
}

export function setVariant(headers: EdgeValues, variant: Variant): void {
  headers[VARIANT_HEADER] = { value: `${variant.release}.${variant.arm}` };
}

/** An arm counts only for the experiment that it was assigned in. */
function armOf(parts: readonly string[], experiment: string): string | undefined {
  return parts[2] === experiment ? parts[1] : undefined;
}

function choose<Choice extends string>(
  remembered: string | undefined,
  chosen: Choice,
  other: Choice,
  seed: string,
  percent: number,
): Choice {
  // 0 % and 100 % are switches: they hold for everybody, whatever was remembered.
  if (percent <= 0) return other;
  if (percent >= 100 || remembered === chosen) return chosen;
  if (remembered === other) return other;
  return bucket(seed) < percent ? chosen : other;
}

/** FNV-1a over the text, as a number from 0 to 99.99: http://www.isthe.com/chongo/tech/comp/fnv/ */
function bucket(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // The low bits of FNV-1a are weak for short texts; fold the high ones in before the remainder.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash >>> 0) % 10_000) / 100;
}
