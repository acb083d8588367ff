-- Up Migration

-- Both tables are new in this transaction: indexes and keys made here lock nothing that is in use.
CREATE TABLE products (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id bigint NOT NULL REFERENCES products (id),
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price_cents integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_product_id_idx ON orders (product_id);

-- The catalogue that the shop opens with.
INSERT INTO products (name, price_cents)
VALUES ('Notebook', 450), ('Pencil', 120), ('Desk lamp', 3990);

-- Down Migration

DROP TABLE orders;
DROP TABLE products;
