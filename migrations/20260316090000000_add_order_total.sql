-- Up Migration

-- First of two steps: NOT VALID binds new rows at once and reads none of the old ones under the lock.
-- NULL passes, for the revision that serves meanwhile does not write the column yet.
ALTER TABLE orders
  ADD COLUMN total_cents bigint,
  ADD CONSTRAINT orders_total_cents_check CHECK (total_cents >= 0) NOT VALID;

-- Down Migration

ALTER TABLE orders DROP COLUMN total_cents;
