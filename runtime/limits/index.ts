export { type AdmissionLimits, type AdmissionState, OverloadedError } from './admission';
export { LoadShedder, type LoadShedderOptions } from './load-shedding';
export {
  type RateLimitDecision,
  RateLimiter,
  type RateLimiterOptions,
  type RateLimitTier,
  rateLimitHeaders,
} from './rate-limit';
