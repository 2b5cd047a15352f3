"""One module a server: `served(folder)` runs it and says what can be done to it."""

from functools import partial

from tests.lab.benches import (
    apache,
    aws,
    caddy,
    django,
    dovecot,
    fastapi,
    flask,
    haproxy,
    jobs,
    nginx,
    postgresql,
    redis,
    registry,
    sdks,
    squid,
    sshd,
)
from tests.lab.drive import Served

BENCHES: dict[str, Served] = {
    "nginx": nginx.served,
    "apache": apache.served,
    "haproxy": haproxy.served,
    "caddy": caddy.served,
    "squid": squid.served,
    **{f"fastapi-{style}": partial(fastapi.served, style=style) for style in ("plain", "json", "trace")},
    "django": django.served,
    "flask": flask.served,
    "registry": registry.served,
    "postgresql": postgresql.served,
    "redis": redis.served,
    "dovecot": dovecot.served,
    "sshd": sshd.served,
    "sdks": sdks.served,
    "aws": aws.served,
    "jobs": jobs.served,
}
