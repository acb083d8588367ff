import { escapeLiteral } from "pg";
import { type Expression, type PgType, type TypeUse, type Types, resolve } from "./model";

/**
 * A value of a type for each row, another one for each as far as the type has so many; null for a type
 * of which nothing is known.
 */
export function valueOf(types: Types, use: TypeUse): Expression | null {
  const below = resolve(types, use).use;
  const type = types.get(below.oid);
  if (type === undefined) return null;
  switch (type.kind) {
    case "base":
      return baseValue(type, below.modifier);
    case "enum":
      return enumValue(type);
    case "array":
      return wrap(types, type.element, (value) => `ARRAY[${value}]`);
    case "range":
      // Of one value each: no two of them overlap, whatever the type.
      return wrap(types, type.element, (value) => `${type.name}(${value}, ${value}, '[]')`);
    case "multirange":
      return wrap(types, type.element, (value) => `${type.name}(${value})`);
    case "composite":
      return compositeValue(types, type);
    default:
      return null;
  }
}

function wrap(
  types: Types,
  element: number | null,
  around: (value: string) => string,
): Expression | null {
  const value = element === null ? null : valueOf(types, { oid: element, modifier: -1 });
  return value === null ? null : (row) => around(value(row));
}

function enumValue({ name, labels }: PgType): Expression | null {
  if (labels.length === 0) return null;
  const list = labels.map((label) => escapeLiteral(label)).join(", ");
  return (row) => `(ARRAY[${list}])[1 + (${row} % ${labels.length})::int]::${name}`;
}

function compositeValue(types: Types, { name, fields }: PgType): Expression | null {
  const values = fields.map((field) => valueOf(types, field));
  const known = values.filter((value) => value !== null);
  if (known.length < fields.length) return null;
  return (row) => `ROW(${known.map((value) => value(row)).join(", ")})::${name}`;
}

function baseValue({ plainName, name }: PgType, modifier: number): Expression | null {
  const sized = SIZED[plainName];
  if (sized !== undefined) return sized(modifier);
  const plain = PLAIN[plainName];
  return plain === undefined ? null : (row) => `(${plain(row)})::${name}`;
}

const PLAIN: Readonly<Record<string, Expression>> = {
  bool: (i) => `${i} % 2 = 0`,
  int2: (i) => `${i} % 32000`,
  int4: (i) => i,
  int8: (i) => i,
  float4: (i) => i,
  float8: (i) => i,
  money: (i) => `(${i})::numeric`,
  oid: (i) => i,
  text: (i) => `'text ' || ${i}`,
  citext: (i) => `'text ' || ${i}`,
  name: (i) => `'name ' || ${i}`,
  bytea: (i) => `decode(lpad(to_hex(${i}), 16, '0'), 'hex')`,
  uuid: (i) => `lpad(to_hex(${i}), 32, '0')`,
  date: (i) => `date '2020-01-01' + (${i} % 2000000)::int`,
  time: (i) => `time '00:00' + ${i} * interval '1 second'`,
  timetz: (i) => `time '00:00' + ${i} * interval '1 second'`,
  timestamp: (i) => `timestamp '2020-01-01' + ${i} * interval '1 minute'`,
  timestamptz: (i) => `timestamptz '2020-01-01 00:00+00' + ${i} * interval '1 minute'`,
  interval: (i) => `${i} * interval '1 minute'`,
  json: (i) => `json_build_object('n', ${i})`,
  jsonb: (i) => `jsonb_build_object('n', ${i})`,
  jsonpath: (i) => `'$.n' || ${i}`,
  xml: (i) => `'<n>' || ${i} || '</n>'`,
  inet: (i) => `inet '10.0.0.0' + ${i} % 16777216`,
  cidr: (i) => `inet '10.0.0.0' + ${i} % 16777216`,
  macaddr: (i) => `lpad(to_hex(${i}), 12, '0')`,
  macaddr8: (i) => `lpad(to_hex(${i}), 16, '0')`,
  point: (i) => `point(${i}, ${i})`,
  line: (i) => `line(point(0, ${i}), point(1, ${i} + 1))`,
  lseg: (i) => `lseg(point(0, ${i}), point(1, ${i}))`,
  box: (i) => `box(point(${i}, ${i}), point(${i} + 0.5, ${i} + 0.5))`,
  path: (i) => `'((0,' || ${i} || '),(1,' || ${i} || '))'`,
  polygon: (i) => `polygon(box(point(${i}, ${i}), point(${i} + 0.5, ${i} + 0.5)))`,
  circle: (i) => `circle(point(${i}, ${i}), 0.5)`,
  tsvector: (i) => `to_tsvector('simple', 'word' || ${i})`,
  tsquery: (i) => `to_tsquery('simple', 'word' || ${i})`,
  pg_lsn: (i) => `'0/' || to_hex(${i})`,
  regclass: () => "'pg_class'",
  regtype: () => "'int4'",
  // Of extensions.
  hstore: (i) => `'n=>' || ${i}`,
  ltree: (i) => `'n' || ${i}`,
  cube: (i) => `'(' || ${i} || ')'`,
  seg: (i) => `${i} || ''`,
  geometry: (i) => `'SRID=4326;POINT(' || ${i} % 180 || ' ' || ${i} / 180 % 90 || ')'`,
  geography: (i) => `'SRID=4326;POINT(' || ${i} % 180 || ' ' || ${i} / 180 % 90 || ')'`,
};

/** Types with a size behind them; -1 is none. */
const SIZED: Readonly<Record<string, (modifier: number) => Expression>> = {
  varchar: (modifier) => textOf("varchar", modifier),
  bpchar: (modifier) => textOf("bpchar", modifier),
  numeric: numericOf,
  bit: (modifier) => (i) => `(${i})::bigint::bit(${Math.max(modifier, 1)})`,
  varbit: (modifier) => (i) =>
    `(${i})::bigint::bit(${modifier < 0 ? 32 : Math.min(modifier, 32)})::varbit`,
  vector: (modifier) => (i) =>
    `array_fill((1 + ${i} % 1000)::real, ARRAY[${dimensions(modifier)}])`,
  halfvec: (modifier) => (i) =>
    `array_fill((1 + ${i} % 1000)::real, ARRAY[${dimensions(modifier)}])`,
};

function dimensions(modifier: number): number {
  return modifier < 0 ? 3 : modifier;
}

// A header of four bytes is counted in; 15 characters hold the word and a number.
function textOf(name: string, modifier: number): Expression {
  const length = modifier < 0 ? null : modifier - 4;
  if (length === null || length >= 15) return (i) => `('text ' || ${i})::${name}`;
  return (i) => `right(lpad(to_hex(${i}), ${length}, '0'), ${length})::${name}`;
}

function numericOf(modifier: number): Expression {
  if (modifier < 0) return (i) => `(${i})::numeric`;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  // Eleven bits with a sign, since PostgreSQL 15.
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  const digits = Math.min(precision, 15);
  if (precision - scale >= 8)
    return (i) => `(${i} % ${10 ** Math.min(precision - scale, 15)})::numeric`;
  return (i) => `(${i} % ${10 ** digits}) * ${scaleOf(scale)}`;
}

function scaleOf(scale: number): string {
  return `(10::numeric ^ ${-scale})`;
}
