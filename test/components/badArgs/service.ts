import type { BadArgs } from "./types";

const COMMAND = ["node", "mailer.js"];

/** The service and its workers. */
export const SERVICE: BadArgs[] = [
  {
    what: "a port beyond the last",
    args: { service: { port: 70000 } },
    refused: [["whole-number", "service.port: expected a whole number from 1 to 65535, got 70000"]],
  },
  {
    what: "the proxy's port",
    args: { service: { port: 5432 } },
    refused: [
      ["taken-port", "service.port: expected a port that cloud-sql-proxy does not use, got 5432"],
    ],
  },
  {
    what: "the port of the proxy's health check",
    of: "ContainerService",
    args: { port: 9090 },
    refused: [["taken-port", "port: expected a port that cloud-sql-proxy does not use, got 9090"]],
  },
  {
    what: "part of a processor",
    args: { service: { cpu: "500m" } },
    refused: [["unknown-choice", 'service.cpu: expected 1 or 2 or 4 or 6 or 8, got "500m"']],
  },
  {
    what: "a number of processors",
    args: { service: { cpu: 1 } },
    refused: [["unknown-choice", "service.cpu: expected 1 or 2 or 4 or 6 or 8, got 1"]],
  },
  {
    what: "memory without a unit",
    args: { service: { memory: "512" } },
    refused: [
      ["memory-amount", 'service.memory: expected an amount such as 512Mi or 2Gi, got "512"'],
    ],
  },
  {
    what: "memory that the processors cannot use",
    args: { service: { cpu: "1", memory: "8Gi" } },
    refused: [
      ["memory-of-cpu", 'service.memory: expected 512Mi to 4096Mi with service.cpu 1, got "8Gi"'],
    ],
  },
  {
    what: "more instances than the most",
    args: { service: { minInstances: 20 } },
    refused: [
      [
        "instances-range",
        "service.minInstances: expected at most service.maxInstances, 10, got 20",
      ],
    ],
  },
  {
    what: "a path without a slash",
    args: { service: { startupPath: "health" } },
    refused: [
      ["http-path", 'service.startupPath: expected a path that begins with /, got "health"'],
    ],
  },
  {
    what: "a whole address for a path",
    args: { service: { livenessPath: "https://example.com/live" } },
    refused: [
      [
        "http-path",
        'service.livenessPath: expected a path that begins with /, got "https://example.com/live"',
      ],
    ],
  },
  {
    what: "a placeholder without a registry",
    args: { service: { placeholderImage: "hello" } },
    refused: [["image-name", 'service.placeholderImage: expected an image\'s name, got "hello"']],
  },
  {
    what: "an unknown ingress",
    args: { service: { ingress: "INGRESS_TRAFFIC_ALL" } },
    refused: [
      [
        "unknown-choice",
        'service.ingress: expected All or Internal or InternalAndLoadBalancer, got "INGRESS_TRAFFIC_ALL"',
      ],
    ],
  },
  {
    what: "a worker's name with a hyphen",
    args: { service: { workers: { "send-mail": { command: COMMAND } } } },
    refused: [
      [
        "worker-name",
        'service.workers.send-mail: expected a name of 1 to 20 lower-case letters or digits, beginning with a letter, not migrate or roles, got "send-mail"',
      ],
    ],
  },
  {
    what: "a worker's name that a release uses",
    args: { service: { workers: { migrate: { command: COMMAND } } } },
    refused: [
      [
        "worker-name",
        'service.workers.migrate: expected a name of 1 to 20 lower-case letters or digits, beginning with a letter, not migrate or roles, got "migrate"',
      ],
    ],
  },
  {
    what: "a worker without a command",
    args: { service: { workers: { mailer: {} } } },
    refused: [
      [
        "missing-argument",
        "service.workers.mailer.command: expected a list that is not empty, got nothing",
      ],
    ],
  },
  {
    what: "an empty word in a worker's command",
    args: { service: { workers: { mailer: { command: ["node", ""] } } } },
    refused: [
      [
        "empty-text",
        'service.workers.mailer.command[1]: expected a text that is not empty, got ""',
      ],
    ],
  },
  {
    what: "NUL in a worker's command",
    args: { service: { workers: { mailer: { command: ["node", "a\0"] } } } },
    refused: [
      [
        "release-worker-argument",
        'service.workers.mailer.command[1]: expected a text that is not empty and has no NUL, got "a\\u0000"',
      ],
    ],
  },
  {
    what: "instances of a job",
    args: {
      service: {
        databaseAccess: "Direct",
        workers: { export: { kind: "Job", command: COMMAND, instances: 2 } },
      },
    },
    refused: [
      [
        "worker-kind-member",
        "service.workers.export.instances: expected nothing with kind Job, got 2",
      ],
    ],
  },
  {
    what: "tries of a worker pool",
    args: { service: { workers: { mailer: { command: COMMAND, maxRetries: 2 } } } },
    refused: [
      [
        "worker-kind-member",
        "service.workers.mailer.maxRetries: expected nothing with kind WorkerPool, got 2",
      ],
    ],
  },
  {
    what: "a job beside the Auth Proxy",
    args: { service: { workers: { export: { kind: "Job", command: COMMAND } } } },
    refused: [
      [
        "worker-job-direct",
        'service.workers.export.kind: expected WorkerPool with the Auth Proxy, got "Job"; set service.databaseAccess to Direct: a job\'s task does not end while the Auth Proxy beside it runs',
      ],
    ],
  },
  {
    what: "a job beside the Auth Proxy, of a worker alone",
    of: "Worker",
    args: { kind: "Job" },
    refused: [
      [
        "worker-job-direct",
        'kind: expected WorkerPool with the Auth Proxy, got "Job"; give connection.host: a job\'s task does not end while the Auth Proxy beside it runs',
      ],
    ],
  },
  {
    what: "a worker's memory that its processors cannot use",
    of: "Worker",
    args: { cpu: "4", memory: "1Gi" },
    refused: [["memory-of-cpu", 'memory: expected 2048Mi to 16384Mi with cpu 4, got "1Gi"']],
  },
  {
    what: "a private host without its network",
    of: "ContainerService",
    args: {
      connection: {
        connectionName: "example-project:europe-west1:shop",
        database: "shop",
        user: "shop_runtime",
        host: "10.20.0.3",
      },
    },
    refused: [
      [
        "direct-network",
        "network: expected the network of connection.host, with a subnet of it, got nothing",
      ],
    ],
  },
  {
    what: "a connection's instance by name",
    of: "ContainerService",
    args: { connection: { connectionName: "shop", database: "shop", user: "shop_runtime" } },
    refused: [
      [
        "connection-name",
        'connection.connectionName: expected {project}:{region}:{instance}, got "shop"',
      ],
    ],
  },
  {
    what: "an empty user",
    of: "ContainerService",
    args: {
      connection: {
        connectionName: "example-project:europe-west1:shop",
        database: "shop",
        user: "",
      },
    },
    refused: [["empty-text", 'connection.user: expected a text that is not empty, got ""']],
  },
  {
    what: "a rotation while traffic is pinned",
    args: { database: { passwordGeneration: 2 } },
    cloud: pinned,
    refused: [
      [
        "rotation-while-pinned",
        "database.passwordGeneration: expected 1 while traffic of service shop-dev is pinned to shop-dev-00001-abc, got 2; the serving revision would lose its login: promote a release first",
      ],
    ],
  },
  {
    what: "another login and another access while traffic is pinned",
    args: { database: { login: "Iam" }, service: { databaseAccess: "Direct" } },
    cloud: pinned,
    refused: [
      [
        "connection-while-pinned",
        'database.login: expected Password while traffic of service shop-dev is pinned to shop-dev-00001-abc, got "Iam"; the serving revision connects as it was made to: promote a release first',
      ],
      [
        "connection-while-pinned",
        'service.databaseAccess: expected Sidecar while traffic of service shop-dev is pinned to shop-dev-00001-abc, got "Direct"; the serving revision connects as it was made to: promote a release first',
      ],
    ],
  },
  {
    what: "a service whose container has another name",
    args: {},
    cloud: renamed,
    refused: [
      [
        "live-container-name",
        "service shop-dev: expected a container named app, got web; name it so, and releases find it",
      ],
    ],
  },
];

const IMAGE = "europe-west1-docker.pkg.dev/example-project/shop/app@sha256:1";

/** A release stopped before it moved the traffic. */
function pinned(token: string): Record<string, unknown> {
  if (!token.startsWith("gcp:cloudrunv2/getService:")) return {};
  return {
    templates: [{ containers: [{ name: "app", image: IMAGE }] }],
    traffics: [
      {
        type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
        revision: "shop-dev-00001-abc",
        percent: 100,
        tag: "",
      },
    ],
    annotations: { "cloud-run-migrations/connection": "Password.Sidecar.92f6dba2d63b" },
  };
}

function renamed(token: string): Record<string, unknown> {
  if (!token.startsWith("gcp:cloudrunv2/getService:")) return {};
  return { templates: [{ containers: [{ name: "web", image: IMAGE }] }] };
}
