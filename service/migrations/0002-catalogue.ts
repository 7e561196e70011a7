import type { Migration } from './migration';

/** Items, their search vector, and the feature vectors that recommendations are made from. */
export const catalogue: Migration = {
  id: '0002-catalogue',
  sql: `
    CREATE TABLE items (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      category text NOT NULL,
      title text NOT NULL,
      description text NOT NULL,
      price_cents integer NOT NULL CHECK (price_cents >= 0),
      popularity integer NOT NULL DEFAULT 0,
      version integer NOT NULL DEFAULT 1,
      updated_at timestamptz NOT NULL DEFAULT now(),
      search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')
      ) STORED
    );
    CREATE INDEX items_category_id ON items (category, id);
    CREATE INDEX items_category_popularity ON items (category, popularity DESC, id DESC);
    CREATE INDEX items_search ON items USING gin (search);

    CREATE TABLE item_features (
      item_id integer PRIMARY KEY REFERENCES items ON DELETE CASCADE,
      vector real[] NOT NULL
    );
  `,
};
