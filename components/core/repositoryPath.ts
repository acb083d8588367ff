/** A Docker repository, taken apart. */
export interface RepositoryPlace {
  location: string;
  project: string;
  repositoryId: string;
}

/**
 * `{region}-docker.pkg.dev/{project}/{repository}`. A project of a domain, `example.com:shop`, is
 * written with a slash there.
 *
 * @see https://cloud.google.com/artifact-registry/docs/docker/names
 */
export function formatRepositoryPath({ location, project, repositoryId }: RepositoryPlace): string {
  return `${location}-docker.pkg.dev/${project.replace(":", "/")}/${repositoryId}`;
}

/** The parts of a repository's path. */
export function parseRepositoryPath(path: string): RepositoryPlace {
  const [host = "", ...names] = path.split("/");
  const repositoryId = names.pop() ?? "";
  return {
    location: host.replace(/-docker\.pkg\.dev$/, ""),
    project: names.join(":"),
    repositoryId,
  };
}
