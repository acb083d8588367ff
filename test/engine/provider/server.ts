import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Provider, Target } from "./provider";
import { fromStruct, toStruct } from "./values";

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Pulumi's protocol of providers, as far as an engine needs it for resources and functions. */
export function implementation(provider: Provider): grpc.UntypedServiceImplementation {
  return {
    ...notNeeded(),
    getPluginInfo: unary(() => new PluginInfo().setVersion("9.99.0")),
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema("{}")),
    checkConfig: unary((request: proto.CheckRequest) =>
      new proto.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary((request: proto.ConfigureRequest) => {
      provider.configure(fromStruct(request.getArgs()));
      // Without `acceptSecrets` the engine itself marks what was a secret, as it does for `gcp`.
      return new proto.ConfigureResponse().setSupportspreview(true);
    }),
    check: unary((request: proto.CheckRequest) => {
      const seed = request.getRandomseed_asU8();
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const inputs = provider.check(targetOf(request), olds, news, seed);
      return new proto.CheckResponse().setInputs(toStruct(inputs));
    }),
    diff: unary((request: proto.DiffRequest) => diff(provider, request)),
    create: unary(async (request: proto.CreateRequest) => {
      const inputs = fromStruct(request.getProperties());
      const { id, outputs } = await provider.create(
        targetOf(request),
        inputs,
        request.getPreview(),
      );
      return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const known = fromStruct(request.getInputs());
      const found = await provider.read(targetOf(request), request.getId(), known);
      if (found === undefined) return new proto.ReadResponse();
      const { id, outputs, inputs } = found;
      return new proto.ReadResponse()
        .setId(id)
        .setProperties(toStruct(outputs))
        .setInputs(toStruct(inputs));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const { outputs } = await provider.update(
        targetOf(request),
        request.getId(),
        news,
        olds,
        request.getPreview(),
      );
      return new proto.UpdateResponse().setProperties(toStruct(outputs));
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      await provider.delete(targetOf(request), request.getId());
      return new Empty();
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
      const answered = await provider.invoke(request.getTok(), fromStruct(request.getArgs()));
      return new proto.InvokeResponse().setReturn(toStruct(answered));
    }),
    cancel: unary(() => new Empty()),
    attach: unary(() => new Empty()),
  };
}

/** A gRPC method from a function. What it throws is what the user reads. */
function unary<Request, Response>(
  handle: Handler<Request, Response>,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    Promise.resolve()
      .then(() => handle(request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          callback({ code: grpc.status.UNKNOWN, details });
        },
      );
  };
}

/** The engine asks whether there are further methods, and goes on without. */
function notNeeded(): grpc.UntypedServiceImplementation {
  const refuse = (_call: unknown, callback?: grpc.sendUnaryData<never>): void => {
    callback?.({ code: grpc.status.UNIMPLEMENTED });
  };
  return Object.fromEntries(Object.keys(ResourceProviderService).map((name) => [name, refuse]));
}

function diff(provider: Provider, request: proto.DiffRequest): proto.DiffResponse {
  const before = fromStruct(request.getOldInputs() ?? request.getOlds());
  const { changed, replacing, sameId } = provider.diff(
    targetOf(request),
    before,
    fromStruct(request.getNews()),
  );
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  return (
    new proto.DiffResponse()
      .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
      .setDiffsList(changed)
      .setReplacesList(replacing)
      // Two of one name cannot be there at once.
      .setDeletebeforereplace(replacing.length > 0 && sameId)
  );
}

function targetOf(request: { getUrn(): string }): Target {
  const urn = request.getUrn();
  const [, , types = "", name = ""] = urn.split("::");
  return { urn, type: types.split("$").at(-1) ?? types, name };
}
