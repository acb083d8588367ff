import * as pulumi from "@pulumi/pulumi";

import { late } from "./late";
import type { BadArgs } from "./types";

const PIPELINE = "projects/example-project/locations/us-central1/connections/github";

/** Project, region, labels and the repository. */
export const PLACE: BadArgs[] = [
  {
    what: "a zone for a region",
    args: { region: "europe-west1-b" },
    refused: [["region", 'region: expected a region such as europe-west1, got "europe-west1-b"']],
  },
  {
    what: "a continent for a region",
    args: { region: "EU" },
    refused: [["region", 'region: expected a region such as europe-west1, got "EU"']],
  },
  {
    what: "an empty region",
    args: { region: "" },
    refused: [["region", 'region: expected a region such as europe-west1, got ""']],
  },
  {
    what: "a region that becomes known as none",
    args: () => ({ region: late("europe") }),
    refused: [["region", 'region: expected a region such as europe-west1, got "europe"']],
  },
  {
    what: "a zone for a repository's region",
    of: "ImageRepository",
    args: { region: "europe-west1-b" },
    refused: [["region", 'region: expected a region such as europe-west1, got "europe-west1-b"']],
  },
  {
    what: "a project's number",
    args: { project: "123456789" },
    refused: [
      [
        "project",
        'project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got "123456789"',
      ],
    ],
  },
  {
    what: "a project's name",
    args: { project: "My Project" },
    refused: [
      [
        "project",
        'project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got "My Project"',
      ],
    ],
  },
  {
    what: "a project of a network that is none",
    of: "PrivateNetwork",
    args: { project: "x" },
    refused: [
      [
        "project",
        'project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got "x"',
      ],
    ],
  },
  {
    what: "too many labels",
    args: {
      labels: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`label-${index}`, ""])),
    },
    refused: [["label-count", "labels: expected at most 64 labels, got 65"]],
  },
  {
    what: "a label with capitals",
    args: { labels: { Team: "shop" } },
    refused: [
      [
        "label-key",
        'labels.Team: expected a key of lower-case letters, digits, _ or -, at most 63, beginning with a letter, got "Team"',
      ],
    ],
  },
  {
    what: "a label that begins with a digit",
    of: "DatabaseSecrets",
    args: { labels: { "1st": "x" } },
    refused: [
      [
        "label-key",
        'labels.1st: expected a key of lower-case letters, digits, _ or -, at most 63, beginning with a letter, got "1st"',
      ],
    ],
  },
  {
    what: "a label's value with a space",
    args: { labels: { team: "the shop" } },
    refused: [
      [
        "label-value",
        'labels.team: expected a value of lower-case letters, digits, _ or -, at most 63, got "the shop"',
      ],
    ],
  },
  {
    what: "a label's value that becomes known",
    args: () => ({ labels: { team: late("Shop") } }),
    refused: [
      [
        "label-value",
        'labels.team: expected a value of lower-case letters, digits, _ or -, at most 63, got "Shop"',
      ],
    ],
  },
  {
    what: "a secret label",
    args: () => ({ labels: { team: pulumi.secret(late("S3CRET")) } }),
    refused: [
      [
        "label-value",
        "labels.team: expected a value of lower-case letters, digits, _ or -, at most 63, got [secret]",
      ],
    ],
  },
  {
    what: "no kind of source",
    args: { source: {} },
    refused: [
      [
        "source-kind",
        "source: expected exactly one of github, repository and developerConnect, got none",
      ],
    ],
  },
  {
    what: "two kinds of source",
    args: {
      source: {
        github: { owner: "example", name: "shop" },
        repository: `${PIPELINE.replace("us-central1", "europe-west1")}/repositories/shop`,
      },
    },
    refused: [
      [
        "source-kind",
        "source: expected exactly one of github, repository and developerConnect, got github and repository",
      ],
    ],
  },
  {
    what: "a repository's address",
    args: { source: { repository: "https://github.com/example/shop" } },
    refused: [
      [
        "source-path",
        'source.repository: expected projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}, got "https://github.com/example/shop"',
      ],
    ],
  },
  {
    what: "a link of Developer Connect that is a repository",
    args: { source: { developerConnect: `${PIPELINE}/repositories/shop` } },
    refused: [
      [
        "source-path",
        'source.developerConnect: expected projects/{project}/locations/{region}/connections/{connection}/gitRepositoryLinks/{link}, got "projects/example-project/locations/us-central1/connections/github/repositori…',
      ],
    ],
  },
  {
    what: "a repository of another region",
    args: { source: { repository: `${PIPELINE}/repositories/shop` } },
    refused: [
      [
        "source-region",
        'source.repository: expected a repository in region europe-west1, got "projects/example-project/locations/us-central1/connections/github/repositori…; connect it in that region: a trigger sees no other',
      ],
    ],
  },
  {
    what: "a link of another region that becomes known",
    args: () => ({ source: { developerConnect: late(`${PIPELINE}/gitRepositoryLinks/shop`) } }),
    refused: [
      [
        "source-region",
        'source.developerConnect: expected a repository in region europe-west1, got "projects/example-project/locations/us-central1/connections/github/gitReposit…; connect it in that region: a trigger sees no other',
      ],
    ],
  },
  {
    what: "an owner with a slash",
    args: { source: { github: { owner: "example/shop", name: "shop" } } },
    refused: [
      [
        "github-owner",
        'source.github.owner: expected a user or organisation on GitHub, got "example/shop"',
      ],
    ],
  },
  {
    what: "a repository with its owner",
    args: { source: { github: { owner: "example", name: "example/shop" } } },
    refused: [
      [
        "github-repository",
        'source.github.name: expected a repository\'s name, without its owner, got "example/shop"',
      ],
    ],
  },
  {
    what: "an owner without a repository",
    args: { source: { github: { owner: "example" } } },
    refused: [
      [
        "missing-argument",
        "source.github.name: expected a repository's name, without its owner, got nothing",
      ],
    ],
  },
  {
    what: "a branch that RE2 cannot read",
    args: { source: { github: { owner: "example", name: "shop" }, branch: "(?=main)" } },
    refused: [
      [
        "branch",
        'source.branch: expected a regular expression in RE2\'s syntax, such as ^main$, got "(?=main)"; error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
      ],
    ],
  },
  {
    what: "an empty branch",
    args: { source: { github: { owner: "example", name: "shop" }, branch: "" } },
    refused: [
      [
        "branch",
        'source.branch: expected a regular expression in RE2\'s syntax, such as ^main$, got ""',
      ],
    ],
  },
  {
    what: "an empty glob",
    args: { source: { github: { owner: "example", name: "shop" }, ignoredFiles: [""] } },
    refused: [["empty-text", 'source.ignoredFiles[0]: expected a glob, got ""']],
  },
  {
    what: "an API twice",
    of: "ServiceApis",
    args: { services: ["run.googleapis.com", "run.googleapis.com"] },
    refused: [
      [
        "api-twice",
        'services[1]: expected an API that is not in the list yet, got "run.googleapis.com"',
      ],
    ],
  },
  {
    what: "an API's short name",
    of: "ServiceApis",
    args: { services: ["run"] },
    refused: [["api-name", 'services[0]: expected an API such as run.googleapis.com, got "run"']],
  },
  {
    what: "a network without its subnet",
    args: { network: { network: "projects/p/global/networks/n" } },
    refused: [
      [
        "network-pair",
        "network.subnetwork: expected network and subnetwork together, or neither, got nothing",
      ],
    ],
  },
  {
    what: "a subnet without its network",
    of: "ContainerService",
    args: { subnetwork: "subnet-1" },
    refused: [
      [
        "network-pair",
        "network: expected network and subnetwork together, or neither, got nothing",
      ],
    ],
  },
  {
    what: "a network's bare name",
    args: { network: { network: "default", subnetwork: "default" } },
    refused: [
      [
        "network-path",
        'network.network: expected a network\'s ID, projects/{project}/global/networks/{name}, or its self link, got "default"',
      ],
      [
        "network-path",
        'network.subnetwork: expected a subnet\'s ID, projects/{project}/regions/{region}/subnetworks/{name}, or its self link, got "default"',
      ],
    ],
  },
  {
    what: "a subnet for a network",
    args: {
      network: {
        network: "projects/p/regions/europe-west1/subnetworks/s",
        subnetwork: "projects/p/global/networks/n",
      },
    },
    refused: [
      [
        "network-path",
        'network.network: expected a network\'s ID, projects/{project}/global/networks/{name}, or its self link, got "projects/p/regions/europe-west1/subnetworks/s"',
      ],
      [
        "network-path",
        'network.subnetwork: expected a subnet\'s ID, projects/{project}/regions/{region}/subnetworks/{name}, or its self link, got "projects/p/global/networks/n"',
      ],
    ],
  },
  {
    what: "a subnet of another region",
    args: {
      network: {
        network: "projects/p/global/networks/n",
        subnetwork: "projects/p/regions/us-central1/subnetworks/s",
      },
    },
    refused: [
      [
        "subnet-region",
        'network.subnetwork: expected a subnet in region europe-west1, got "projects/p/regions/us-central1/subnetworks/s"; take a subnet of that region, or make one in the same network',
      ],
    ],
  },
  {
    what: "a subnet of another region, by its self link, that becomes known",
    args: () => ({
      network: {
        network: "projects/p/global/networks/n",
        subnetwork: late(
          "https://www.googleapis.com/compute/v1/projects/p/regions/us-east1/subnetworks/s",
        ),
      },
    }),
    refused: [
      [
        "subnet-region",
        'network.subnetwork: expected a subnet in region europe-west1, got "https://www.googleapis.com/compute/v1/projects/p/regions/us-east1/subnetwork…; take a subnet of that region, or make one in the same network',
      ],
    ],
  },
  {
    what: "a secret subnet of another region",
    args: () => ({
      network: {
        network: "projects/p/global/networks/n",
        subnetwork: pulumi.secret(late("projects/p/regions/us-east1/subnetworks/s")),
      },
    }),
    refused: [
      [
        "subnet-region",
        "network.subnetwork: expected a subnet in the service's region, got [secret]; take a subnet of that region, or make one in the same network",
      ],
    ],
  },
  {
    what: "a range that is too small",
    of: "PrivateNetwork",
    args: { subnetRange: "10.8.0.0/28" },
    refused: [
      [
        "subnet-range",
        'subnetRange: expected an IPv4 range such as 10.8.0.0/24, /8 to /26, got "10.8.0.0/28"',
      ],
    ],
  },
  {
    what: "a range without a size",
    of: "PrivateNetwork",
    args: { subnetRange: "10.8.0.0" },
    refused: [
      [
        "subnet-range",
        'subnetRange: expected an IPv4 range such as 10.8.0.0/24, /8 to /26, got "10.8.0.0"',
      ],
    ],
  },
  {
    what: "an own network without private services access",
    of: "PrivateNetwork",
    args: { privateServicesAccess: false },
    refused: [
      [
        "own-network-access",
        "privateServicesAccess: expected true for a network of its own, got false",
      ],
    ],
  },
  {
    what: "routes of somebody else's peering",
    of: "PrivateNetwork",
    args: { network: "network-1", subnetwork: "subnet-1", exportCustomRoutes: true },
    refused: [
      [
        "existing-network-routes",
        "exportCustomRoutes: expected nothing with network, got true; set it on the peering where that network is made",
      ],
    ],
  },
  {
    what: "an empty prefix of names",
    of: "PrivateNetwork",
    args: { namePrefix: "" },
    refused: [["empty-text", 'namePrefix: expected a text that is not empty, got ""']],
  },
];
