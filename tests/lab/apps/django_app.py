"""A Django REST application. usage: django_app.py PORT LOG; Django's own development server writes its lines to stderr."""

import logging
import sys
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

PORT, LOG, KEY = sys.argv[1:]
CLASSES = "rest_framework_simplejwt.authentication.JWTAuthentication"
settings.configure(
    DEBUG=False,
    SECRET_KEY=KEY,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{LOG}.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "rest_framework",
        "rest_framework.authtoken", "rest_framework_simplejwt.token_blacklist",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    REST_FRAMEWORK={"EXCEPTION_HANDLER": f"{__name__}.refused"},
    SIMPLE_JWT={"AUDIENCE": "orders", "ISSUER": "https://id.example.com/", "USER_ID_CLAIM": "sub", "USER_ID_FIELD": "username"},
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"verbose": {"format": "{levelname} {asctime} {name} {process:d} {message}", "style": "{"}},
        "handlers": {"file": {"class": "logging.FileHandler", "filename": LOG, "formatter": "verbose"}},
        "loggers": {name: {"handlers": ["file"], "level": "INFO"} for name in ("django.request", "django.security", "orders")},
    },
)  # fmt: skip
django.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402 (Django must be set up first)
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.authentication import BasicAuthentication, SessionAuthentication, TokenAuthentication  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework.permissions import DjangoModelPermissions, IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView, exception_handler  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView  # noqa: E402

log = logging.getLogger("orders")


def refused(error: Exception, context: dict[str, Any]) -> Response | None:
    """What the REST framework answers, logged: it says nothing itself."""
    response = exception_handler(error, context)
    if response is not None:
        request = context["request"]
        log.warning("%s %s answered %s: %s", request.method, request.path, response.status_code, response.data)
    return response


class Orders(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request: Any, marker: str) -> Response:
        log.info("order %s served to %s", marker, request.user)
        return Response({"order": marker})

    post = get


class Change(Orders):
    permission_classes = (DjangoModelPermissions,)
    queryset = Permission.objects.all()


def view(kind: type[APIView], *authentication: type) -> Any:
    return kind.as_view(authentication_classes=authentication)


def form(request: Any, marker: str) -> HttpResponse:
    return HttpResponse(marker)


urlpatterns = [
    path("jwt/<marker>", view(Orders, JWTAuthentication)),
    path("change/<marker>", view(Change, JWTAuthentication)),
    path("token/<marker>", view(Orders, TokenAuthentication)),
    path("basic/<marker>", view(Orders, BasicAuthentication)),
    path("session/<marker>", view(Orders, SessionAuthentication)),
    path("form/<marker>", form),
    path("login/<marker>", TokenObtainPairView.as_view()),
    path("refresh/<marker>", TokenRefreshView.as_view()),
]

if __name__ == "__main__":
    sys.modules["django_app"] = sys.modules[__name__]
    call_command("migrate", verbosity=0)
    ada = User.objects.create_user("ada", password="right")
    User.objects.create_user("grace", password="hopper", is_active=False)
    Token.objects.create(user=ada, key="a" * 40)
    Token.objects.create(user=User.objects.get(username="grace"), key="b" * 40)
    call_command("runserver", f"127.0.0.1:{PORT}", use_reloader=False)
