import { createHash, timingSafeEqual } from 'node:crypto';

/** The value that the CDN sends, from where it is kept. */
export interface OriginSecret {
  current(): Promise<string>;
}

/** Whether `given` is what the CDN says; how long it takes says nothing about how much of it is right. */
export async function isFromCdn(given: string | undefined, secret: OriginSecret): Promise<boolean> {
  if (given === undefined || given === '') return false;
  return timingSafeEqual(digest(given), digest(await secret.current()));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Asks `load` once, and again when what it said is `maxAgeMillis` old; two who ask at once share the answer. */
export function remembered(load: () => Promise<string>, maxAgeMillis: number, now = Date.now): OriginSecret {
  let known: { readonly value: Promise<string>; readonly until: number } | undefined;
  return {
    current: () => {
      if (known === undefined || now() >= known.until) {
        const value = load();
        known = { value, until: now() + maxAgeMillis };
        value.catch(() => {
          known = undefined;
        });
      }
      return known.value;
    },
  };
}
