import type { Migration } from './migration';

/**
 * The catalogue as it is listed by price: a read model that events keep up to date. Apart from the items because its
 * index would cost every edit of them, and because it may be thrown away and made again.
 */
export const catalogueListing: Migration = {
  id: '0011-catalogue-listing',
  sql: `
    CREATE TABLE catalogue_listing (
      item_id integer PRIMARY KEY,
      category text NOT NULL,
      title text NOT NULL,
      price_cents integer NOT NULL,
      item_version integer NOT NULL
    );
    CREATE INDEX catalogue_listing_price ON catalogue_listing (category, price_cents, item_id);
    INSERT INTO catalogue_listing SELECT id, category, title, price_cents, version FROM items;
  `,
};
