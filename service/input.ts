import { HttpError } from "./httpError";

export interface NewProduct {
  name: string;
  priceCents: number;
}

export interface NewOrder {
  productId: string;
  quantity: number;
  email: string | null;
}

const MAX_NAME_LENGTH = 200;
const MAX_PRICE_CENTS = 1_000_000_000;
const MAX_QUANTITY = 1000;
// RFC 5321 §4.5.3.1: a forward path has at most 254 characters between its brackets.
const MAX_EMAIL_LENGTH = 254;
export const MAX_PAGE_SIZE = 100;

/** Checks the body of `POST /products`. */
export function parseProduct(body: Record<string, unknown>): NewProduct {
  const { name, priceCents } = body;
  const errors: string[] = [];
  if (!isText(name, MAX_NAME_LENGTH)) {
    errors.push(`name: expected 1-${MAX_NAME_LENGTH} characters`);
  }
  if (!isInteger(priceCents, 0, MAX_PRICE_CENTS)) {
    errors.push(`priceCents: expected an integer from 0 to ${MAX_PRICE_CENTS}`);
  }
  throwIfAny(errors);
  return { name: name as string, priceCents: priceCents as number };
}

/** Checks the body of `POST /orders`. */
export function parseOrder(body: Record<string, unknown>): NewOrder {
  const { productId, quantity, email = null } = body;
  const errors: string[] = [];
  if (typeof productId !== "string" || !isId(productId)) {
    errors.push("productId: expected the id of a product, as text");
  }
  if (!isInteger(quantity, 1, MAX_QUANTITY)) {
    errors.push(`quantity: expected an integer from 1 to ${MAX_QUANTITY}`);
  }
  if (email !== null && !isEmail(email)) {
    errors.push(`email: expected an address of at most ${MAX_EMAIL_LENGTH} characters, or null`);
  }
  throwIfAny(errors);
  return {
    productId: productId as string,
    quantity: quantity as number,
    email: email as string | null,
  };
}

/** Checks `?email=`. */
export function parseEmail(value: string): string {
  if (!isEmail(value)) throw new HttpError(400, "email: expected an address");
  return value;
}

/** Checks `?limit=`. */
export function parseLimit(value: string | null): number {
  if (value === null) return MAX_PAGE_SIZE;
  const limit = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MAX_PAGE_SIZE) {
    throw new HttpError(400, `limit: expected an integer from 1 to ${MAX_PAGE_SIZE}`);
  }
  return limit;
}

/** Whether this is the text of a positive `bigint`. */
export function isId(value: string): boolean {
  return /^[1-9]\d{0,17}$/.test(value);
}

function isText(value: unknown, maxLength: number): boolean {
  // PostgreSQL's text cannot hold U+0000.
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= maxLength &&
    !value.includes("\0")
  );
}

function isEmail(value: unknown): boolean {
  return isText(value, MAX_EMAIL_LENGTH) && /^[^\s@]+@[^\s@]+$/.test(value as string);
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function throwIfAny(errors: string[]): void {
  if (errors.length > 0) throw new HttpError(400, errors.join("; "));
}
