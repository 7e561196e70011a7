import type { Migration } from './migration';

/**
 * Who wants to be told of which events, what waits to be sent to them, and what could not be sent in time.
 *
 * The trigger writes the deliveries of an event in the transaction that writes the event: they exist if and only if it
 * committed (docs/decisions/0060). It reads subscriptions and never changes them, so that transactions of
 * different subjects do not wait for each other.
 *
 * `app_ro` looks at everything but the secrets, which are encrypted all the same.
 */
export const webhooks: Migration = {
  id: '0006-webhooks',
  sql: `
    CREATE TABLE webhook_subscriptions (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      client text NOT NULL,
      url text NOT NULL,
      origin text NOT NULL,
      event_types text[] NOT NULL,
      state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
      secret bytea NOT NULL,
      previous_secret bytea,
      previous_secret_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      failures integer NOT NULL DEFAULT 0,
      retry_at timestamptz NOT NULL DEFAULT '-infinity',
      lease uuid,
      leased_until timestamptz NOT NULL DEFAULT '-infinity'
    ) WITH (fillfactor = 70);
    CREATE INDEX webhook_subscriptions_client ON webhook_subscriptions (client, created_at);
    REVOKE SELECT ON webhook_subscriptions FROM app_ro;
    GRANT SELECT (id, client, url, origin, event_types, state, created_at, failures, retry_at, leased_until)
      ON webhook_subscriptions TO app_ro;

    CREATE TABLE webhook_deliveries (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      subscription_id uuid NOT NULL REFERENCES webhook_subscriptions ON DELETE CASCADE,
      event_id uuid NOT NULL,
      event_type text NOT NULL,
      body text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      attempts integer NOT NULL DEFAULT 0,
      last_error text
    );
    CREATE INDEX webhook_deliveries_queue ON webhook_deliveries (subscription_id, position);

    CREATE TABLE webhook_dead_letters (
      id bigint PRIMARY KEY,
      subscription_id uuid NOT NULL REFERENCES webhook_subscriptions ON DELETE CASCADE,
      event_id uuid NOT NULL,
      event_type text NOT NULL,
      body text NOT NULL,
      created_at timestamptz NOT NULL,
      attempts integer NOT NULL,
      last_error text NOT NULL,
      died_at timestamptz NOT NULL
    );
    CREATE INDEX webhook_dead_letters_subscription ON webhook_dead_letters (subscription_id, id);
    CREATE INDEX webhook_dead_letters_age ON webhook_dead_letters (died_at);

    CREATE FUNCTION webhook_fan_out() RETURNS trigger LANGUAGE plpgsql AS $fan_out$
    BEGIN
      INSERT INTO webhook_deliveries (subscription_id, event_id, event_type, body)
      SELECT subscription.id, (added.event ->> 'id')::uuid, added.event ->> 'type',
        json_build_object('type', added.event -> 'type', 'timestamp', added.event -> 'occurredAt',
          'subject', added.event -> 'subject', 'data', added.event -> 'data')::text
      FROM added
      JOIN webhook_subscriptions AS subscription ON added.event ->> 'type' = ANY (subscription.event_types)
      ORDER BY added.position;
      RETURN NULL;
    END
    $fan_out$;
    CREATE TRIGGER webhook_fan_out AFTER INSERT ON outbox
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_fan_out();
  `,
};
