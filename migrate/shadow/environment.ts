import type { Environment } from "../settings/environment";

// What libpq, pg and this tool read to find a database.
const LEADS =
  /^(PG(HOST|HOSTADDR|PORT|USER|PASSWORD|PASSFILE|DATABASE|SERVICE|SERVICEFILE|OPTIONS|SSL\w*|REQUIRESSL|REQUIREAUTH|CHANNELBINDING|GSS\w*|KRB\w*|TARGETSESSIONATTRS|LOADBALANCEHOSTS)|DATABASE_URL|INSTANCE_CONNECTION_NAME|CLOUD_SQL_EMULATOR_HOST)$/;

/** `env` without the variables that lead a program to a database. */
export function withoutTarget(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LEADS.test(name)));
}

/** Lets this process's environment lead to another database, or to none. */
export type Lead = (variables: Environment) => void;

/**
 * Runs `use` with nothing in this process's environment that leads to a database but what `use` leads
 * it to: migrations, and what they import, read it too. Afterwards everything is as it was.
 */
export async function withoutTargetInProcess<T>(use: (lead: Lead) => Promise<T>): Promise<T> {
  const before = { ...process.env };
  const lead: Lead = (variables) => {
    for (const name of Object.keys(process.env)) {
      if (LEADS.test(name)) Reflect.deleteProperty(process.env, name);
    }
    for (const [name, value] of Object.entries(variables)) {
      if (value !== undefined) process.env[name] = value;
    }
  };
  lead({});
  try {
    return await use(lead);
  } finally {
    lead(Object.fromEntries(Object.entries(before).filter(([name]) => LEADS.test(name))));
  }
}
