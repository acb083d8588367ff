-- Up Migration

-- Second of two steps: reads the whole table, while others go on reading and writing.
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_cents_check;

-- Down Migration

-- A constraint cannot be made NOT VALID again; dropping and adding it gives the state before.
ALTER TABLE orders
  DROP CONSTRAINT orders_total_cents_check,
  ADD CONSTRAINT orders_total_cents_check CHECK (total_cents >= 0) NOT VALID;
