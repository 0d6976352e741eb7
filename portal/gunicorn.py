"""The web server: threads, because a look-up holds one for up to nine seconds."""

import runpy
import sys

from django.core.exceptions import ImproperlyConfigured

try:
    # Once before any worker starts: each would print a traceback. Not kept, so that a reload reads the settings again.
    settings = runpy.run_module("portal.settings")
except ImproperlyConfigured as problem:
    sys.exit(str(problem))

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
