"""Django's pages and API, as WSGI: under ASGI the same answer costs six to seven times as much."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oneroom.project.settings")

application = get_wsgi_application()
