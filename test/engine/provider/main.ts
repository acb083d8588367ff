import { mkdirSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Provider } from "./provider";
import { implementation } from "./server";
import { Store } from "./store";

/** The engine starts this as `pulumi-resource-gcp`, and reads the port from the first line. */
function main(): void {
  const folder = process.env["STAND_IN_FOLDER"];
  if (folder === undefined) throw new Error("expected STAND_IN_FOLDER, a folder for the objects");
  mkdirSync(folder, { recursive: true });

  const size = 400 * 1024 * 1024;
  const server = new grpc.Server({
    "grpc.max_receive_message_length": size,
    "grpc.max_send_message_length": size,
  });
  server.addService(ResourceProviderService, implementation(new Provider(new Store(folder))));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });
}

main();
