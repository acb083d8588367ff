import type { BuildStep } from "./document";
import { literal, STEP_IMAGES } from "./images";
import type { BuildReach } from "./options";
import { bashScript } from "./script";
import { FIXED_SECONDS } from "./timeouts";

/** Name of the proxy's container, and so its host name on the build's network. */
export const PROXY_HOST = "cloud-sql-proxy";

/** Port that the proxy listens on. */
export const PROXY_PORT = "5432";

/** Address of the instance that a connector takes. */
export type IpType = "PUBLIC" | "PRIVATE";

/** The proxy takes the public address by itself. */
const PROXY_FLAGS: Record<IpType, string> = { PUBLIC: "", PRIVATE: " --private-ip" };

/**
 * Starts the Cloud SQL Auth Proxy detached on the build's network and waits until it has reached the
 * instance. It ends with the build; no other machine sees its port.
 */
export function connectStep(reach: BuildReach, ipType: IpType): BuildStep {
  return {
    id: "connect",
    name: STEP_IMAGES.docker,
    waitFor: ["push"],
    timeout: `${FIXED_SECONDS.connect}s`,
    env: [
      "BUILD_ID=$BUILD_ID",
      `PROXY_IMAGE=${STEP_IMAGES.cloudSqlProxy}`,
      `INSTANCE_CONNECTION_NAME=${literal(reach.instanceConnectionName)}`,
      `IMPERSONATE=${literal(reach.impersonate)}`,
      `IAM_LOGIN=${reach.login.auth === "Iam" ? "true" : "false"}`,
      `PGHOST=${PROXY_HOST}`,
      `PGPORT=${PROXY_PORT}`,
    ],
    script: bashScript({
      requires: [
        "PROXY_IMAGE",
        "INSTANCE_CONNECTION_NAME",
        "IMPERSONATE",
        "IAM_LOGIN",
        "PGHOST",
        "PGPORT",
      ],
      functions: [],
      body: body(ipType),
    }),
  };
}

// With the connection test the proxy ends when it cannot reach the instance, so that a port that
// answers means a database behind it. It is started anew because the grants of a first release take
// minutes to be effective.
const body = (ipType: IpType): string => `
reachable() {
  (exec 3<>"/dev/tcp/$PGHOST/$PGPORT") 2>/dev/null
}

for attempt in 1 2 3 4 5 6 7 8; do
  docker rm -f ${PROXY_HOST} >/dev/null 2>&1 || true
  if [ "$IAM_LOGIN" = true ]; then
    docker run -d --network cloudbuild --name ${PROXY_HOST} "$PROXY_IMAGE" --address 0.0.0.0 --port ${PROXY_PORT} --run-connection-test${PROXY_FLAGS[ipType]} --impersonate-service-account "$IMPERSONATE" --auto-iam-authn "$INSTANCE_CONNECTION_NAME"
  else
    docker run -d --network cloudbuild --name ${PROXY_HOST} "$PROXY_IMAGE" --address 0.0.0.0 --port ${PROXY_PORT} --run-connection-test${PROXY_FLAGS[ipType]} --impersonate-service-account "$IMPERSONATE" "$INSTANCE_CONNECTION_NAME"
  fi
  for second in {1..20}; do
    sleep 1
    if reachable; then
      echo "the proxy reaches $INSTANCE_CONNECTION_NAME (attempt $attempt, $second s)"
      exit 0
    fi
  done
  echo "the proxy does not answer yet (attempt $attempt)" >&2
  docker logs ${PROXY_HOST} >&2 || true
done
fail "the proxy did not reach $INSTANCE_CONNECTION_NAME; nothing was changed"
`;
