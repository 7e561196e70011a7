export { type Delivery, DeliveryQueue, type Lease } from './delivery-queue';
export { type DestinationPolicy, DestinationRefusedError, publicDestinations } from './destination';
export { Dispatcher, type DispatcherOptions } from './dispatcher';
export { evenPace } from './pace';
export { defaultRetries, type RetryPolicy } from './retry';
export { SecretBox, UnreadableSecretError } from './secrets';
export { createSender, type Outcome, type Sender, type SenderOptions } from './sender';
export {
  newSigningSecret,
  signedHeaders,
  type VerifyOptions,
  verifyWebhook,
  type WebhookMessage,
  WebhookVerificationError,
} from './signature';
export {
  type DeadLetter,
  type Subscription,
  SubscriptionRefusedError,
  Subscriptions,
  type SubscriptionsOptions,
  TooManySubscriptionsError,
} from './subscriptions';
export { startWebhookWorker, type WebhookWorker, type WebhookWorkerOptions } from './worker';
