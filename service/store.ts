import type { Pool } from "pg";
import type { NewOrder, NewProduct } from "./input";

export interface Product {
  id: string;
  name: string;
  priceCents: number;
}

export interface Order {
  id: string;
  productId: string;
  quantity: number;
  totalCents: number;
  email: string | null;
}

/** An order row; `bigint` arrives as text. */
interface OrderRow extends Omit<Order, "totalCents"> {
  totalCents: string;
}

const PRODUCT_COLUMNS = `id, name, price_cents AS "priceCents"`;
// `total_cents` is filled by a backfill: rows from before it are computed until that has run.
const ORDER_COLUMNS = `id, product_id AS "productId", quantity, customer_email::text AS email,
  coalesce(total_cents, quantity::bigint * unit_price_cents) AS "totalCents"`;

/** The statements of the shop. The role that runs them needs SELECT and INSERT, nothing else. */
export class Store {
  constructor(private readonly pool: Pool) {}

  /** Fails when the database does not answer. */
  async ping(): Promise<void> {
    await this.pool.query("SELECT 1");
  }

  /** Products after `after` by id, at most `limit`. */
  async listProducts(after: string, limit: number): Promise<Product[]> {
    const { rows } = await this.pool.query<Product>(
      `SELECT ${PRODUCT_COLUMNS} FROM products WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows;
  }

  async findProduct(id: string): Promise<Product | null> {
    const { rows } = await this.pool.query<Product>(
      `SELECT ${PRODUCT_COLUMNS} FROM products WHERE id = $1`,
      [id],
    );
    return rows[0] ?? null;
  }

  async addProduct({ name, priceCents }: NewProduct): Promise<Product> {
    const { rows } = await this.pool.query<Product>(
      `INSERT INTO products (name, price_cents) VALUES ($1, $2) RETURNING ${PRODUCT_COLUMNS}`,
      [name, priceCents],
    );
    return rows[0] as Product;
  }

  /** The newest orders first, at most `limit`; of one customer when `email` is given. */
  async listOrders(email: string | null, limit: number): Promise<Order[]> {
    const where = email === null ? "" : "WHERE customer_email = $2";
    const { rows } = await this.pool.query<OrderRow>(
      `SELECT ${ORDER_COLUMNS} FROM orders ${where} ORDER BY id DESC LIMIT $1`,
      email === null ? [limit] : [limit, email],
    );
    return rows.map(toOrder);
  }

  async findOrder(id: string): Promise<Order | null> {
    const { rows } = await this.pool.query<OrderRow>(
      `SELECT ${ORDER_COLUMNS} FROM orders WHERE id = $1`,
      [id],
    );
    return rows[0] ? toOrder(rows[0]) : null;
  }

  /** Orders at today's price; null when there is no such product. */
  async addOrder({ productId, quantity, email }: NewOrder): Promise<Order | null> {
    const { rows } = await this.pool.query<OrderRow>(
      `INSERT INTO orders (product_id, quantity, unit_price_cents, total_cents, customer_email)
       SELECT id, $2::integer, price_cents, $2::bigint * price_cents, $3
       FROM products WHERE id = $1
       RETURNING ${ORDER_COLUMNS}`,
      [productId, quantity, email],
    );
    return rows[0] ? toOrder(rows[0]) : null;
  }
}

function toOrder(row: OrderRow): Order {
  return { ...row, totalCents: Number(row.totalCents) };
}
