import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canEnter, chooseUnprivilegedUser } from "../../../migrate/postgres/unprivilegedUser";

describe("chooseUnprivilegedUser", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "passwd-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function passwd(...lines: string[]): Promise<string> {
    const file = join(folder, "passwd");
    await writeFile(file, `${lines.join("\n")}\n`);
    return file;
  }

  it("changes nobody who is not root", () => {
    expect(chooseUnprivilegedUser(1000, "/nowhere")).toBeNull();
  });

  it("prefers postgres, takes nobody, counts unsigned", async () => {
    const nobody = "nobody:*:-2:-2::/:/bin/false";
    const both = await passwd("root:x:0:0::/:", nobody, "postgres:x:101:104::/:");
    expect(chooseUnprivilegedUser(0, both)).toEqual({ name: "postgres", uid: 101, gid: 104 });
    expect(chooseUnprivilegedUser(0, await passwd(nobody))).toEqual({
      name: "nobody",
      uid: 4_294_967_294,
      gid: 4_294_967_294,
    });
  });

  it("fails where there is no such user, and says what to do", async () => {
    const file = await passwd("root:x:0:0::/:", "postgres:x:0:0::/:");
    expect(() => chooseUnprivilegedUser(0, file)).toThrow(
      `${file}: expected a user postgres or nobody, got none; PostgreSQL does not run as root, so run this as an ordinary user`,
    );
  });

  it("sees a folder above that is closed", async () => {
    const user = { name: "x", uid: 54_321, gid: 54_321 };
    const inner = join(folder, "closed", "open");
    await mkdir(inner, { recursive: true });
    // Whatever the umask has made of them.
    for (const path of [folder, join(folder, "closed"), inner]) await chmod(path, 0o755);
    expect(canEnter(inner, user)).toBe(true);
    await chmod(join(folder, "closed"), 0o700);
    expect(canEnter(inner, user)).toBe(false);
  });
});
