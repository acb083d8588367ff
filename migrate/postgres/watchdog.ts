import { spawn } from "node:child_process";
import { Socket } from "node:net";

/** Ends what this process started when this process is gone, even after SIGKILL. */
export interface Watchdog {
  /** Remembers a process group. SIGINT lets PostgreSQL end in order; SIGKILL follows after 5 s. */
  watchGroup(leader: number, signal?: "INT" | "KILL"): void;

  /** Forgets a process group that has ended, before its number can belong to a stranger. */
  forgetGroup(leader: number): void;

  /** Remembers a folder to remove. */
  watchFolder(folder: string): void;

  /** Ends the watchdog without clean-up: everything it watched is gone already. */
  close(): Promise<void>;
}

// The parent holds the other end of stdin, so end of file means that it is gone. A shell starts in
// a millisecond and needs 1 MB; terminal signals do not reach it, for it has a session of its own.
// Daemons left their group: where there is /proc, a PATH that begins in the folder tells of them.
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=' '
folders=''
while IFS= read -r line; do
  value=\${line#* }
  case $line in
    'group '*) groups="$groups$value " ;;
    'ended '*)
      for signal in INT KILL; do
        case $groups in
          *" $signal:$value "*) groups="\${groups%% $signal:$value *} \${groups#* $signal:$value }" ;;
        esac
      done ;;
    'folder '*) folders="$folders$value
" ;;
    close) exit 0 ;;
  esac
done
for group in $groups; do kill -"\${group%%:*}" -"\${group#*:}" 2>/dev/null; done
left=50
while [ "$left" -gt 0 ]; do
  alive=''
  for group in $groups; do kill -0 -"\${group#*:}" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && break
  left=$((left - 1))
  sleep 0.1
done
for group in $groups; do kill -KILL -"\${group#*:}" 2>/dev/null; done
printf '%s' "$folders" | while IFS= read -r folder; do
  for file in $(grep -lsaF "PATH=$folder/" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}" 2>/dev/null
  done
  rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder" 2>/dev/null; }
done
`;

/** Starts a watchdog. It ends by itself with this process or by `close`. */
export function startWatchdog(): Watchdog {
  const child = spawn("/bin/sh", ["-c", SCRIPT, "rehearsal-watchdog"], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  const { stdin } = child;
  stdin.on("error", () => undefined); // EPIPE once it has ended: nothing to tell
  child.unref();
  if (stdin instanceof Socket) stdin.unref();
  const tell = (line: string): void => {
    if (stdin.writable) stdin.write(`${line}\n`);
  };
  return {
    watchGroup(leader, signal = "KILL") {
      tell(`group ${signal}:${leader}`);
    },
    forgetGroup(leader) {
      tell(`ended ${leader}`);
    },
    watchFolder(folder) {
      tell(`folder ${folder}`);
    },
    async close() {
      tell("close");
      stdin.end();
      child.ref();
      await ended;
    },
  };
}
