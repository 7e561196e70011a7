// The statements of `Subscriptions`. Every one names the client, so that none can reach another's rows.

const SHOWN = 'id, url, event_types AS "eventTypes", state, created_at AS "createdAt", failures';

/** $1 id, $2 client, $3 URL, $4 origin, $5 types, $6 secret, $7 most */
export const CREATE = `
  INSERT INTO webhook_subscriptions (id, client, url, origin, event_types, secret)
  SELECT $1, $2, $3, $4, $5, $6
  WHERE (SELECT count(*) FROM webhook_subscriptions WHERE client = $2) < $7
  RETURNING ${SHOWN}`;

export const LIST = `SELECT ${SHOWN} FROM webhook_subscriptions WHERE client = $1 ORDER BY created_at, id`;

export const FIND = `SELECT ${SHOWN} FROM webhook_subscriptions WHERE client = $1 AND id = $2`;

/** $1 client, $2 id, $3 URL, $4 origin, $5 types, $6 state; null leaves as it is */
export const UPDATE = `
  UPDATE webhook_subscriptions
  SET url = coalesce($3, url), origin = coalesce($4, origin), event_types = coalesce($5, event_types),
    state = coalesce($6, state), failures = 0, retry_at = '-infinity'
  WHERE client = $1 AND id = $2 RETURNING ${SHOWN}`;

export const REMOVE = 'DELETE FROM webhook_subscriptions WHERE client = $1 AND id = $2';

/** $1 client, $2 id, $3 secret, $4 until when the old one signs too */
export const ROTATE = `
  UPDATE webhook_subscriptions SET previous_secret = secret, previous_secret_until = $4, secret = $3
  WHERE client = $1 AND id = $2`;

/** $1 client, $2 id, $3 after, $4 limit */
export const DEAD_LETTERS = `
  SELECT letter.id, event_id AS "eventId", event_type AS "eventType", letter.created_at AS "createdAt",
    died_at AS "diedAt", attempts, last_error AS "lastError"
  FROM webhook_dead_letters AS letter JOIN webhook_subscriptions AS subscription ON subscription.id = subscription_id
  WHERE client = $1 AND subscription_id = $2 AND letter.id > $3 ORDER BY letter.id LIMIT $4`;

/** $1 client, $2 id, $3 ids, or null for all of them */
export const REPLAY = `
  WITH back AS (
    DELETE FROM webhook_dead_letters WHERE id IN (
      SELECT letter.id FROM webhook_dead_letters AS letter
      JOIN webhook_subscriptions AS subscription ON subscription.id = subscription_id
      WHERE client = $1 AND subscription_id = $2 AND ($3::bigint[] IS NULL OR letter.id = ANY ($3))
      ORDER BY letter.id LIMIT 1000
    ) RETURNING *
  )
  INSERT INTO webhook_deliveries (subscription_id, event_id, event_type, body)
  SELECT subscription_id, event_id, event_type, body FROM back ORDER BY id`;
