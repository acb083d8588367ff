/** Nobody's credentials or settings reach these tests, and no other backend, plugin or stack. */
for (const name of Object.keys(process.env)) {
  if (/^(GOOGLE_|GCLOUD_|CLOUDSDK_|GCP_|PULUMI_)/.test(name))
    Reflect.deleteProperty(process.env, name);
}
