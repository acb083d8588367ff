import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerImage } from "./container";
import { excerpt } from "./excerpt";
import type { RevisionTemplate, ServiceSpec, TrafficTarget } from "./knative";
import { type Platform, timestamp } from "./platform";
import { Revision } from "./revision";
import { Router } from "./router";
import { describeService, resolved } from "./serviceJson";
import { TrafficError } from "./traffic";

/** How long a revision that lost its traffic stays up for connections on their way to it. */
const LINGER_MS = 1000;

/** How long requests under way on such a revision may take. */
const PATIENCE_MS = 30_000;

/** What a change of a service does. */
export interface ServiceChange {
  /** A new revision is made from it. */
  template?: RevisionTemplate;
  labels?: Record<string, string>;
  traffic?: TrafficTarget[];
}

/** A revision that did not become ready, or traffic that cannot be routed. For gcloud's reader. */
export class ServiceError extends Error {
  override name = "ServiceError";
}

/** A Cloud Run service: its revisions, its traffic and the address where it answers. */
export class Service {
  readonly name: string;
  labels: Record<string, string>;
  template: RevisionTemplate;
  traffic: TrafficTarget[];
  latestReady: string | null = null;
  latestCreated: string | null = null;
  readonly router = new Router();
  readonly revisions = new Map<string, Revision>();
  private readonly tagRouters = new Map<string, Router>();
  readonly createdAt = timestamp();
  generation = 0;
  private routed = "";
  private last: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();
  private readonly scalingDown = new Set<Promise<void>>();

  constructor(
    private readonly platform: Platform,
    spec: ServiceSpec,
  ) {
    setMaxListeners(0, this.closing.signal); // one for each revision that is scaled down
    this.name = spec.name;
    this.labels = spec.labels;
    this.template = spec.template;
    this.traffic = spec.traffic;
  }

  /** Makes the first revision. The address answers from now on. */
  async create(image: ContainerImage): Promise<void> {
    await this.router.listen();
    await this.inTurn(() => this.apply({ template: this.template }, image));
  }

  /** One change at a time, as Cloud Run reconciles. */
  update(change: ServiceChange, image: ContainerImage | null): Promise<void> {
    return this.inTurn(() => this.apply(change, image));
  }

  private inTurn(action: () => Promise<void>): Promise<void> {
    const run = this.last.then(action);
    this.last = run.catch(() => undefined);
    return run;
  }

  private async apply(change: ServiceChange, image: ContainerImage | null): Promise<void> {
    this.generation++;
    this.labels = change.labels ?? this.labels;
    const before = this.traffic;
    this.traffic = change.traffic ?? before;
    if (change.template !== undefined && image !== null) {
      this.template = change.template;
      await this.deploy(change.template, image);
    }
    try {
      await this.applyTraffic();
    } catch (error) {
      if (change.template === undefined) this.traffic = before;
      throw error;
    }
  }

  private async deploy(template: RevisionTemplate, image: ContainerImage): Promise<void> {
    const number = String(this.revisions.size + 1).padStart(5, "0");
    const suffix = randomBytes(16)
      .toString("base64url")
      .toLowerCase()
      .replace(/[^a-z]/g, "");
    const name = template.metadata.name ?? `${this.name}-${number}-${`${suffix}xyz`.slice(0, 3)}`;
    const revision = new Revision(this.platform, this.name, name, resolved(template, image), image);
    this.revisions.set(name, revision);
    this.latestCreated = name;
    if (await revision.deploy()) {
      this.latestReady = name;
      return;
    }
    throw new ServiceError(
      [
        `Revision '${name}' is not ready and cannot serve traffic. ${revision.ready.message ?? ""}`,
        ...(revision.log.length === 0 ? [] : ["Last lines of its log:"]),
        ...excerpt(revision.log, 20).map((line) => `  ${line}`),
      ].join("\n"),
    );
  }

  private async applyTraffic(): Promise<void> {
    const routes = this.status().map(({ revisionName = "", percent = 0, tag }) => ({
      revision: this.revisionFor(revisionName),
      percent,
      tag,
    }));
    // A revision that was scaled down is up again before the first request reaches it.
    for (const { revision, percent } of routes) {
      if (percent > 0 && (await revision.ensure()) === null) {
        throw new ServiceError(
          `Revision '${revision.name}' is not ready and cannot serve traffic.`,
        );
      }
    }
    this.router.route(routes);
    for (const { revision, tag } of routes) {
      if (tag !== undefined) await this.routeTag(tag, revision);
    }
    this.announce(routes);
    const serving = new Set(
      routes.filter(({ percent }) => percent > 0).map(({ revision }) => revision),
    );
    for (const revision of this.revisions.values()) {
      if (!serving.has(revision) && revision.instance !== null) this.scaleDown(revision);
    }
  }

  private revisionFor(name: string): Revision {
    const revision = this.revisions.get(name);
    if (revision === undefined) throw new TrafficError(`Revision '${name}' not found.`);
    return revision;
  }

  private announce(routes: readonly { revision: Revision; percent: number }[]): void {
    const traffic = routes
      .filter(({ percent }) => percent > 0)
      .map(({ revision, percent }) => ({ revision: revision.name, percent }));
    const text = JSON.stringify(traffic);
    if (text === this.routed) return;
    this.routed = text;
    this.platform.emit({ type: "traffic-changed", service: this.name, traffic });
  }

  private async routeTag(tag: string, revision: Revision): Promise<void> {
    let router = this.tagRouters.get(tag);
    if (router === undefined) {
      router = new Router();
      await router.listen();
      this.tagRouters.set(tag, router);
    }
    router.route([{ revision, percent: 100 }]);
  }

  private scaleDown(revision: Revision): void {
    const run = (async (): Promise<void> => {
      await sleep(LINGER_MS, undefined, { signal: this.closing.signal }).catch(() => undefined);
      const end = Date.now() + PATIENCE_MS;
      while (revision.inFlight > 0 && Date.now() < end && !this.closing.signal.aborted) {
        await sleep(20);
      }
      if (!this.isWanted(revision)) await revision.stop();
    })();
    this.scalingDown.add(run);
    void run.finally(() => this.scalingDown.delete(run));
  }

  /** The latest revision idles: a release proves it and then routes to it. */
  private isWanted({ name }: Revision): boolean {
    if (name === this.latestCreated && !this.closing.signal.aborted) return true;
    return this.status().some(
      ({ revisionName, percent = 0 }) => revisionName === name && percent > 0,
    );
  }

  /** Traffic as it is: "latest" is the latest ready revision, tags have an address. */
  status(): TrafficTarget[] {
    return this.traffic.flatMap((target) => {
      const name = target.latestRevision === true ? this.latestReady : target.revisionName;
      if (name === null || name === undefined) return [];
      const url = target.tag === undefined ? undefined : this.tagRouters.get(target.tag)?.url;
      return [{ ...target, revisionName: name, ...(url === undefined ? {} : { url }) }];
    });
  }

  /** Names of the revisions that have traffic and a process, or null. */
  serving(): string | null {
    const names = this.status()
      .filter(({ percent = 0 }) => percent > 0)
      .map(({ revisionName = "" }) => revisionName)
      .filter((name) => this.revisions.get(name)?.instance != null);
    return names.length === 0 ? null : [...new Set(names)].join(",");
  }

  toJson(): Record<string, unknown> {
    return describeService(this, this.platform);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.last;
    await Promise.all([...this.scalingDown]);
    await Promise.all([
      this.router.close(),
      ...[...this.tagRouters.values()].map((router) => router.close()),
    ]);
    await Promise.all([...this.revisions.values()].map((revision) => revision.stop()));
  }
}
