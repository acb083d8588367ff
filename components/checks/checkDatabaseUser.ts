import type { DatabaseUserArgs } from "../args";
import { Login } from "../core/choices";
import { checkDatabaseUserName, checkIamUserName } from "../core/databaseChecks";
import { quote, type Violation } from "../core/violations";
import { NAME } from "./memberChecks";
import { required, unchecked, type Members } from "./shape";

/** The arguments of a login; what they may be depends on how it logs in. */
export const USER: Members<DatabaseUserArgs> = {
  serviceAccount: required(NAME),
  password: unchecked,
  name: unchecked,
};

/** Checks one login of the database. */
export function checkDatabaseUser(
  path: string,
  user: DatabaseUserArgs | undefined,
  login: Login | undefined,
): Violation[] {
  if (user === undefined) return [];
  return login === Login.Iam ? checkIamUser(path, user) : checkPasswordUser(path, user);
}

function checkIamUser(path: string, user: DatabaseUserArgs): Violation[] {
  const violations = checkIamUserName(`${path}.serviceAccount`, user.serviceAccount);
  if (user.password !== undefined) {
    violations.push({
      rule: "user-password-iam",
      path: `${path}.password`,
      expected: "none with login Iam",
      got: "[secret]",
    });
  }
  if (user.name !== undefined) {
    violations.push({
      rule: "user-name-iam",
      path: `${path}.name`,
      expected: "none with login Iam, whose users are named by Google",
      got: quote(user.name),
    });
  }
  return violations;
}

function checkPasswordUser(path: string, user: DatabaseUserArgs): Violation[] {
  const violations = checkDatabaseUserName(`${path}.name`, user.name);
  if (user.password === undefined) {
    violations.push({
      rule: "user-password-missing",
      path: `${path}.password`,
      expected: "a password with login Password",
      got: "nothing",
    });
  }
  return violations;
}
