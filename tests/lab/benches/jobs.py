"""Nightly jobs that call what refuses them: curl, git, urllib, requests and httpx, also through a proxy, and an OAuth client;
the log is that of the jobs."""

import json
import logging
import os
import subprocess
import urllib.request
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import requests

from tests.lab.answers import Answer, Asked, answering
from tests.lab.case import Act, Bench, Case, Says, Visit, good
from tests.system.servers import program

log = logging.getLogger("nightly.jobs")
TEXT = (("Content-Type", "text/plain"),)
BASIC = (*TEXT, ("WWW-Authenticate", 'Basic realm="files"'))
PROXY = (*TEXT, ("Proxy-Authenticate", 'Basic realm="way out"'))


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    path = folder / "jobs.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        with answering(_answer) as port:
            yield Bench(
                "jobs",
                {"jobs": path},
                [*_fetch(f"http://127.0.0.1:{port}", folder), *_oauth(f"http://127.0.0.1:{port}")],
            )
    finally:
        log.removeHandler(handler)
        handler.close()


def _answer(asked: Asked) -> Answer:
    if asked.method == "CONNECT" or asked.path.startswith("http"):
        return Answer(407, "who are you?", PROXY)
    if asked.path.startswith("/token"):
        return _token(asked)
    kind, _, sent = asked.headers.get("Authorization", "").partition(" ")
    if kind == "Basic" and b64decode(sent) == b"ada:right":
        return Answer(403, "not yours", TEXT) if "/closed" in asked.path else Answer(200, "fine", TEXT)
    return Answer(401, "who are you?", BASIC)


def _token(asked: Asked) -> Answer:
    """RFC 6749, section 5.2."""
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    if form.get("client_secret") != "right":
        return _refused(401, "invalid_client", "Client authentication failed")
    wanted = {"refresh_token": "refresh_token", "client_credentials": "scope"}.get(form.get("grant_type", ""))
    if wanted is None:
        return _refused(400, "unsupported_grant_type", "The grant type is not supported")
    if wanted not in form:
        return _refused(400, "invalid_request", f"Missing required parameter: {wanted}")
    if form["grant_type"] == "refresh_token":
        return _refused(400, "invalid_grant", "The refresh token is invalid or has expired")
    return Answer(200, json.dumps({"access_token": "fine", "token_type": "Bearer", "expires_in": 3600}))


def _refused(status: int, error: str, description: str) -> Answer:
    return Answer(status, json.dumps({"error": error, "error_description": description}))


def _tool(folder: Path, name: str, *arguments: str) -> Act:
    """A command; what it says on stderr when it fails is in the log."""
    quiet = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

    def act(visit: Visit) -> None:
        command = [program(name), *(part.format(visit.marker) for part in arguments)]
        told = subprocess.run(command, capture_output=True, text=True, check=False, env=quiet, stdin=subprocess.DEVNULL)
        if told.returncode == 0:
            log.info("job %s done", visit.marker)
        for line in told.stderr.splitlines() if told.returncode else ():
            log.error("job %s: %s", visit.marker, line)

    return act


def _python(ask: Callable[[str], object], url: str) -> Act:
    """A request by one of Python's clients, which raises what is no success."""

    def act(visit: Visit) -> None:
        try:
            ask(f"{url}/{visit.marker}")
            log.info("job %s done", visit.marker)
        except (httpx.HTTPError, OSError) as error:
            log.error("job %s failed: %s", visit.marker, error)

    return act


def _by_httpx(url: str, proxy: str | None = None) -> None:
    with httpx.Client(proxy=proxy, trust_env=False) as client:
        client.get(url).raise_for_status()


def _by_requests(url: str, proxy: str | None = None) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        session.get(url, timeout=20).raise_for_status()


def _by_urllib(url: str) -> None:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20).close()


def _fetch(base: str, folder: Path) -> list[Case]:
    tool = partial(_tool, folder)

    def case(name: str, truth: str, act: Act, accepts: str = "", where: str = "") -> Case:
        said = (
            Says("jobs", tuple((accepts or truth).split()), where),
            Says("jobs", ("none", *(accepts or truth).split())),
        )
        return Case(name, truth, act, said, (1, 2))

    bare, owned = "unclassified credential_missing", base.replace("://", "://ada:{}@")
    right, wrong = owned.replace("{}", "right"), owned.replace("{}", "wrong")
    denied = "insufficient_permission unclassified none"
    return [
        good(tool("curl", "-sSf", "--noproxy", "*", right + "/open/{}"), times=(2, 3)),
        good(_python(_by_httpx, f"{right}/open"), times=(2, 3)),
        case("curl: nothing", "unclassified", tool("curl", "-sSf", "--noproxy", "*", base + "/open/{}"), bare),
        case("curl: not allowed", "unclassified", tool("curl", "-sSf", "--noproxy", "*", right + "/closed/{}"), denied),
        case("curl: proxy", "proxy_auth_required", tool("curl", "-sSf", "-x", base, "https://api.example.com/{}")),
        case("git: nothing", "credential_missing", tool("git", "ls-remote", base + "/{}.git")),
        case("git: wrong password", "username_password_invalid", tool("git", "ls-remote", wrong + "/{}.git"),
             "username_password_invalid api_key_invalid", "fatal"),
        case("git: not allowed", "insufficient_permission", tool("git", "ls-remote", right + "/closed/{}.git"), denied),
        case("git: proxy", "proxy_auth_required", tool("git", "-c", f"http.proxy={base}", "ls-remote", "https://git.example.com/{}.git")),
        case("httpx: nothing", "unclassified", _python(_by_httpx, f"{base}/open"), bare),
        case("requests: nothing", "unclassified", _python(_by_requests, f"{base}/open"), bare),
        case("urllib: nothing", "unclassified", _python(_by_urllib, f"{base}/open"), bare),
        case("requests: not allowed", "unclassified", _python(_by_requests, f"{right}/closed"), denied),
        case("httpx: proxy", "proxy_auth_required", _python(partial(_by_httpx, proxy=base), f"{base}/open")),
        case("requests: proxy", "proxy_auth_required", _python(partial(_by_requests, proxy=base), "https://api.example.com")),
    ]  # fmt: skip


def _oauth(base: str) -> list[Case]:
    def token(**form: str) -> Act:
        def act(visit: Visit) -> None:
            with httpx.Client(trust_env=False) as client:
                got = client.post(f"{base}/token", data={"client_id": "nightly", "client_secret": "right", **form})
            if got.status_code == 200:
                log.info("job %s has a token", visit.marker)
            elif int(visit.marker[-1], 16) % 2:
                log.error("job %s: token endpoint answered %s: %s", visit.marker, got.status_code, got.text)
            else:
                body = got.json()
                log.error(
                    "job %s: could not get a token: %s (%s)", visit.marker, body["error"], body["error_description"]
                )

        return act

    def case(name: str, truth: str, act: Act, accepts: str = "") -> Case:
        return Case(name, truth, act, (Says("jobs", tuple((accepts or truth).split())),))

    return [
        good(token(grant_type="client_credentials", scope="orders"), times=(3, 5)),
        case("oauth: wrong secret", "client_credentials_invalid", token(grant_type="client_credentials", client_secret="old")),
        case("oauth: refresh token over", "refresh_failed", token(grant_type="refresh_token", refresh_token="r1"), "refresh_failed token_expired"),
        case("oauth: parameter missing", "auth_request_incomplete", token(grant_type="refresh_token")),
        case("oauth: another grant", "auth_request_incomplete", token(grant_type="password"),
             "auth_request_incomplete server_auth_config client_credentials_invalid insufficient_permission access_policy_blocked"),
    ]  # fmt: skip
