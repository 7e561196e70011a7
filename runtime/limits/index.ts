export {
  type RateLimitDecision,
  RateLimiter,
  type RateLimiterOptions,
  type RateLimitTier,
  rateLimitHeaders,
} from './rate-limit';
