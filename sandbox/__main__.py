"""`python -m sandbox --port 8010 [--data ledger.jsonl]`: start, say where, serve until told to stop."""

import argparse
import errno
import signal
import sys
import threading
from pathlib import Path

from sandbox import mail
from sandbox.server import Server
from sandbox.world import World


def main(arguments=None):
    """Run the sandbox; returns the exit code."""
    options = _options().parse_args(arguments)
    try:
        world = World(options.data)
    except (OSError, ValueError) as problem:
        return _refuse(f"The ledger {options.data} cannot be used: {problem}.")
    try:
        server = Server((options.host, options.port), world)
    except OverflowError:
        return _refuse(f"{options.port} is not a port number; choose one between 0 and 65535.")
    except OSError as problem:
        reason = "is in use already" if problem.errno == errno.EADDRINUSE else f"cannot be used ({problem.strerror})"
        return _refuse(f"Port {options.port} on {options.host} {reason}; choose another with --port.")
    try:
        inbox = mail.serve(server.box, options.host, options.mail_port) if options.mail_port is not None else None
    except OSError:
        return _refuse(f"Port {options.mail_port} on {options.host} cannot be used; choose another with --mail-port.")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    print(f"sandbox listening on http://{options.host}:{server.server_port}", flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()
    if inbox:
        inbox.stop()
    return 0


def _options():
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="Stand-ins for Zendesk, Salesforce and Slack."
    )
    parser.add_argument("--port", type=int, default=8010, help="port to listen on; 0 picks a free one (default 8010)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--mail-port", type=int, help="port of the mail server; without it there is none")
    parser.add_argument("--data", type=Path, metavar="PATH", help="ledger file: kept and read again at the next start")
    return parser


def _refuse(sentence):
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
