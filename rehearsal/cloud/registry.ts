import { join } from "node:path";
import { BlobStore, type BuildImageOptions, type Image, buildImage } from "../image";
import type { Emit } from "./events";

/** `repository:tag` or `repository@sha256:…`, taken apart. */
export interface ImageReference {
  repository: string;
  tag: string | null;
  digest: string | null;
}

// https://github.com/distribution/reference: host[:port]/path, lower case; tag up to 128 characters.
const REFERENCE =
  /^((?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** Null for what Docker calls an invalid reference. */
export function parseReference(text: string): ImageReference | null {
  const [, repository, tag, digest] = REFERENCE.exec(text) ?? [];
  if (repository === undefined) return null;
  return {
    repository,
    tag: tag ?? (digest === undefined ? "latest" : null),
    digest: digest ?? null,
  };
}

/** The images of the build's Docker daemon, and those of Artifact Registry. */
export class Registry {
  readonly notes: string[] = [];
  /** Every push, in order. */
  readonly pushes: { name: string; digest: string }[] = [];
  private readonly images = new Map<string, Image>();
  /** `repository:tag` to digest. */
  private readonly local = new Map<string, string>();
  private readonly remote = new Map<string, string>();
  /** `repository@digest` of everything pushed. */
  private readonly pushed = new Set<string>();
  private readonly blobs: BlobStore;

  constructor(
    private readonly folder: string,
    private readonly emit: Emit,
  ) {
    this.blobs = new BlobStore(join(folder, "blobs"));
  }

  async build(options: BuildImageOptions, tags: readonly string[]): Promise<Image> {
    const image = await buildImage(options, this.blobs, this.folder);
    this.images.set(image.digest, image);
    for (const note of image.notes) if (!this.notes.includes(note)) this.notes.push(note);
    for (const tag of tags) {
      this.local.set(keyOf(tag), image.digest);
      this.emit({ type: "image-built", reference: tag, digest: image.digest });
    }
    return image;
  }

  /** Digest of an image that the daemon has; null when it has none of that name. */
  localDigest(reference: string): string | null {
    const parsed = parseReference(reference);
    if (parsed === null) return null;
    if (parsed.digest !== null) return this.images.has(parsed.digest) ? parsed.digest : null;
    return this.local.get(keyOf(reference)) ?? null;
  }

  tag(digest: string, reference: string): void {
    this.local.set(keyOf(reference), digest);
  }

  /** False when the daemon has no such image. */
  push(reference: string): string | null {
    const digest = this.local.get(keyOf(reference));
    const parsed = parseReference(reference);
    if (digest === undefined || parsed === null) return null;
    this.remote.set(keyOf(reference), digest);
    this.pushed.add(`${parsed.repository}@${digest}`);
    this.pushes.push({ name: reference, digest });
    this.emit({ type: "image-pushed", reference, digest });
    return digest;
  }

  /** Gets a pushed image into the daemon. */
  pull(reference: string): string | null {
    const image = this.find(reference);
    if (image !== null) this.local.set(keyOf(reference), image.digest);
    return image?.digest ?? null;
  }

  /** A pushed image, by tag or digest. */
  find(reference: string): Image | null {
    const parsed = parseReference(reference);
    if (parsed === null) return null;
    const digest = parsed.digest ?? this.remote.get(keyOf(reference));
    if (digest === undefined || !this.pushed.has(`${parsed.repository}@${digest}`)) return null;
    return this.images.get(digest) ?? null;
  }

  get(digest: string): Image | null {
    return this.images.get(digest) ?? null;
  }

  /** What `docker inspect` calls RepoDigests: one per repository that the image was pushed to. */
  repoDigests(digest: string): string[] {
    return [...this.pushed].filter((reference) => reference.endsWith(`@${digest}`)).sort();
  }

  repoTags(digest: string): string[] {
    return [...this.local].filter(([, other]) => other === digest).map(([reference]) => reference);
  }
}

function keyOf(reference: string): string {
  const parsed = parseReference(reference);
  return parsed === null ? reference : `${parsed.repository}:${parsed.tag ?? parsed.digest ?? ""}`;
}
