-- Up Migration

-- `citext` is declared in `database.extensions`, which creates it before the migrations run: the role
-- that owns the tables may not create extensions.
-- Nullable and without default: a change of the catalogue only, and the revision that serves meanwhile
-- goes on inserting without it.
ALTER TABLE orders ADD COLUMN customer_email citext;

-- Down Migration

ALTER TABLE orders DROP COLUMN customer_email;
