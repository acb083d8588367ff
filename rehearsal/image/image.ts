/** What a container of an image starts with. */
export interface ImageConfig {
  /** `WORKDIR`, absolute in the image. */
  workingDirectory: string;
  environment: Record<string, string>;
  entrypoint: string[] | null;
  command: string[] | null;
  labels: Record<string, string>;
}

/** A built image: a folder that nothing changes any more. */
export interface Image extends ImageConfig {
  /** `sha256:…` over every path, mode and content, and over the configuration. */
  digest: string;
  /** The image's `/` on this machine. */
  folder: string;
  /** What differs from a real build, for the person who reads the summary. */
  notes: string[];
}

/** A Dockerfile that cannot be built here. The message is for the person who wrote it. */
export class ImageError extends Error {
  override name = "ImageError";
}
