"""The web server: threads, because a look-up holds one for up to nine seconds."""

import runpy
import subprocess
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

try:
    # Once before any worker starts: each would print a traceback. Not kept, so that a reload reads the settings again.
    settings = runpy.run_module("portal.settings")
except ImproperlyConfigured as problem:
    sys.exit(str(problem))

# Before any worker starts, and in a process of its own: what is imported here would survive a reload.
manage = Path(settings["BASE_DIR"]) / "manage.py"
if subprocess.run([sys.executable, manage, "check_database"], check=False).returncode:
    sys.exit(1)

worker_class = "gthread"
workers = 2
threads = 16
timeout = 60
graceful_timeout = 5
keepalive = 5
accesslog = None  # the portal says each request itself (access.py): the server's own line has the query in it
loglevel = "warning"
logconfig_dict = settings["LOGGING"]
control_socket_disable = True


def post_worker_init(worker):
    """The client libraries take 0.7 s to import: before the first person looks something up."""
    from escalations.gateways.wiring import warm_up

    warm_up()
