export { EVENTS, type EventData, type EventType } from './catalogue';
export { CHANGED_TABLES } from './changed-tables';
export { type DomainEvent, InvalidEventError, type NewEvent, newEvent, parseEvent } from './domain-event';
export { EVENT_SOURCE } from './entry';
export { type EventBridgeOptions, eventBridge, type Publish } from './event-bridge';
export { appendEvents } from './outbox';
export { type KeepRelayingOptions, keepRelaying, type RelayOptions, type RelayReport, relayWaiting } from './relay';
