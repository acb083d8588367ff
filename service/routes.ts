import type { IncomingMessage } from "node:http";
import { HttpError } from "./httpError";
import { isId, parseEmail, parseLimit, parseOrder, parseProduct } from "./input";
import { readJsonObject } from "./jsonBody";
import type { Store } from "./store";

/** What is sent back: the body becomes JSON. */
export interface Answer {
  status: number;
  body: unknown;
}

interface Call {
  store: Store;
  request: IncomingMessage;
  query: URLSearchParams;
  /** The text in place of `:id`, or nothing. */
  id: string;
}

type Handler = (call: Call) => Promise<Answer>;

const ROUTES: { path: RegExp; methods: Record<string, Handler> }[] = [
  { path: /^\/health$/, methods: { GET: health } },
  { path: /^\/products$/, methods: { GET: listProducts, POST: addProduct } },
  { path: /^\/products\/([^/]+)$/, methods: { GET: findProduct } },
  { path: /^\/orders$/, methods: { GET: listOrders, POST: addOrder } },
  { path: /^\/orders\/([^/]+)$/, methods: { GET: findOrder } },
];

/** Finds the handler by path and method, and runs it. */
export async function answer(store: Store, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = parseTarget(request.url ?? "/");
  for (const { path, methods } of ROUTES) {
    const match = path.exec(pathname);
    if (match === null) continue;
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "");
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler === undefined) {
      throw new HttpError(405, "method not allowed", { allow: Object.keys(methods).join(", ") });
    }
    return handler({ store, request, query: searchParams, id: match[1] ?? "" });
  }
  throw new HttpError(404, "not found");
}

/** A request line may carry anything, `//` included, which is no URL. */
function parseTarget(target: string): URL {
  const url = URL.canParse(target, "http://service") ? new URL(target, "http://service") : null;
  if (url === null) throw new HttpError(400, "expected a path");
  return url;
}

/** The startup probe: a revision that cannot reach its database never receives traffic. */
async function health({ store }: Call): Promise<Answer> {
  try {
    await store.ping();
    return { status: 200, body: { status: "ok" } };
  } catch {
    throw new HttpError(503, "the database does not answer");
  }
}

async function listProducts({ store, query }: Call): Promise<Answer> {
  const after = query.get("after") ?? "0";
  if (after !== "0" && !isId(after))
    throw new HttpError(400, "after: expected the id of a product");
  const products = await store.listProducts(after, parseLimit(query.get("limit")));
  return { status: 200, body: { products } };
}

async function findProduct({ store, id }: Call): Promise<Answer> {
  return found(isId(id) ? await store.findProduct(id) : null);
}

async function addProduct({ store, request }: Call): Promise<Answer> {
  const product = parseProduct(await readJsonObject(request));
  return { status: 201, body: await store.addProduct(product) };
}

async function listOrders({ store, query }: Call): Promise<Answer> {
  const email = query.get("email");
  const orders = await store.listOrders(
    email === null ? null : parseEmail(email),
    parseLimit(query.get("limit")),
  );
  return { status: 200, body: { orders } };
}

async function findOrder({ store, id }: Call): Promise<Answer> {
  return found(isId(id) ? await store.findOrder(id) : null);
}

async function addOrder({ store, request }: Call): Promise<Answer> {
  const order = await store.addOrder(parseOrder(await readJsonObject(request)));
  if (order === null) throw new HttpError(400, "productId: expected the id of a product");
  return { status: 201, body: order };
}

function found(body: unknown): Answer {
  if (body === null) throw new HttpError(404, "not found");
  return { status: 200, body };
}
