"""What the web server calls."""

import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
_django = get_wsgi_application()
_CHARSET = re.compile(r";\s*charset\b[^;]*", re.IGNORECASE)


def in_utf8(environ: dict) -> dict:
    """Our pages and forms are UTF-8, whatever a request names.

    Django decodes by that name before any middleware runs: a name like hex broke every address, without a page that says so.
    """
    named = environ.get("CONTENT_TYPE", "")
    return {**environ, "CONTENT_TYPE": _CHARSET.sub("", named)} if ";" in named else environ


def application(environ, start_response):
    return _django(in_utf8(environ), start_response)
