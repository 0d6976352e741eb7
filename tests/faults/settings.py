"""The portal's settings in the fault run: as they are, but e-mail goes into files, and a review stays good for an hour."""

from portal.settings import *  # noqa: F403
from portal.settings import VAR_DIR

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
# All drafts are prepared before the first fault, so that the run is about delivery and not about reading.
FACTS_FRESH_SECONDS = SEAL_SECONDS = 3600
