export { BlobStore } from "./blobs";
export { type BuildImageOptions, buildImage } from "./buildImage";
export { type Image, type ImageConfig, ImageError } from "./image";
