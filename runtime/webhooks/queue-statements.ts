// The statements of `DeliveryQueue`. Times come from the caller, so that one clock rules all of them.

/**
 * $1 now, $2 most, $3 failing, $4 leases per origin, $5 leases held per origin, $6 until, $7 name of the lease.
 * `place` counts the due subscribers of one origin, so that no origin gets more than its share at once.
 */
export const LEASE = `
  WITH due AS (
    SELECT id, origin, row_number() OVER (PARTITION BY origin ORDER BY retry_at, id) AS place
    FROM webhook_subscriptions AS subscription
    WHERE state = 'active' AND retry_at <= $1 AND leased_until <= $1 AND (failures > 0) = $3
      AND EXISTS (SELECT FROM webhook_deliveries WHERE subscription_id = subscription.id)
  ), chosen AS (
    SELECT subscription.id FROM webhook_subscriptions AS subscription JOIN due USING (id)
    WHERE due.place <= $4 - coalesce(($5::jsonb ->> due.origin)::int, 0)
      AND subscription.leased_until <= $1 AND subscription.retry_at <= $1
    ORDER BY subscription.retry_at, subscription.id LIMIT $2
    FOR NO KEY UPDATE OF subscription SKIP LOCKED
  )
  UPDATE webhook_subscriptions AS subscription SET leased_until = $6, lease = $7
  FROM chosen WHERE subscription.id = chosen.id
  RETURNING subscription.id AS "subscriptionId", url, subscription.origin, failures, lease,
    CASE WHEN previous_secret_until > $1 THEN ARRAY[secret, previous_secret] ELSE ARRAY[secret] END AS secrets`;

export const HEAD = `
  SELECT position, event_id AS "eventId", body, created_at AS "createdAt"
  FROM webhook_deliveries WHERE subscription_id = $1 ORDER BY position LIMIT $2`;

/** $1 subscription, $2 lease, $3 position, $4 until */
export const SENT = `
  WITH held AS (
    UPDATE webhook_subscriptions SET leased_until = $4, failures = 0 WHERE id = $1 AND lease = $2 RETURNING id
  )
  DELETE FROM webhook_deliveries WHERE position = $3 AND EXISTS (SELECT FROM held)`;

/** What a dead letter keeps of its delivery. */
const COLUMNS = 'subscription_id, event_id, event_type, body, created_at';

/** $1 subscription, $2 lease, $3 position, $4 reason, $5 retry at, $6 dead, $7 pause, $8 now */
export const FAILED = `
  WITH held AS (
    UPDATE webhook_subscriptions
    SET lease = NULL, leased_until = '-infinity', failures = failures + 1, retry_at = $5,
      state = CASE WHEN $7 THEN 'paused' ELSE state END
    WHERE id = $1 AND lease = $2 RETURNING id
  ), kept AS (
    UPDATE webhook_deliveries SET attempts = attempts + 1, last_error = $4
    WHERE position = $3 AND NOT $6 AND EXISTS (SELECT FROM held)
  ), died AS (
    DELETE FROM webhook_deliveries WHERE position = $3 AND $6 AND EXISTS (SELECT FROM held) RETURNING *
  ), buried AS (
    INSERT INTO webhook_dead_letters (id, ${COLUMNS}, attempts, last_error, died_at)
    SELECT position, ${COLUMNS}, attempts + 1, $4, $8 FROM died
  )
  SELECT FROM held`;

/** $1 subscription, $2 lease, $3 retry at */
export const RELEASE = `
  UPDATE webhook_subscriptions SET lease = NULL, leased_until = '-infinity', retry_at = $3
  WHERE id = $1 AND lease = $2`;

/**
 * $1 before, $2 now. Locks the subscribers that nobody sends to, so that nothing dies that is being sent. The oldest
 * delivery of each says whether there is any to look for.
 */
export const EXPIRE = `
  WITH idle AS (
    SELECT id FROM webhook_subscriptions AS subscription
    WHERE leased_until <= $2 AND (
      SELECT created_at FROM webhook_deliveries WHERE subscription_id = subscription.id ORDER BY position LIMIT 1
    ) <= $1
    FOR NO KEY UPDATE SKIP LOCKED
  ), died AS (
    DELETE FROM webhook_deliveries USING idle WHERE subscription_id = idle.id AND created_at <= $1
    RETURNING webhook_deliveries.*
  )
  INSERT INTO webhook_dead_letters (id, ${COLUMNS}, attempts, last_error, died_at)
  SELECT position, ${COLUMNS}, attempts, coalesce(last_error, 'not attempted in time'), $2 FROM died`;

export const FORGET = `
  DELETE FROM webhook_dead_letters WHERE id IN (
    SELECT id FROM webhook_dead_letters WHERE died_at <= $1 ORDER BY died_at LIMIT 10000
  )`;

/** $1 now. What a paused subscription collects waits because its client wants that, and says nothing about the workers. */
export const WAITING = `
  SELECT count(*)::int AS deliveries,
    greatest(0, coalesce(extract(epoch FROM $1::timestamptz - min(delivery.created_at)), 0))::float8 AS "oldestSeconds"
  FROM webhook_deliveries AS delivery JOIN webhook_subscriptions AS subscription ON subscription.id = subscription_id
  WHERE state = 'active'`;
