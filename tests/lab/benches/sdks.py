"""Programs that call model providers: their SDKs, against a server that answers as the providers document, and their logs."""

import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anthropic
import openai

from tests.lab.answers import Answer, Asked, answering
from tests.lab.case import Act, Bench, Case, Says, Visit, good

CHAT = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "fine"}}]}  # fmt: skip
TALK = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "fine"}],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}  # fmt: skip
KEYS_AT = "You can find your API key at https://platform.openai.com/account/api-keys."
MEMBER = "You must be a member of an organization to use the API. Please contact us through our help center."
# case, what is the matter, status, message, type, code; and what else an expert may call it
OPENAI = [
    ("wrong key", "api_key_invalid", 401, f"Incorrect API key provided: sk-lab**********7f3a. {KEYS_AT}", "invalid_request_error", "invalid_api_key"),
    ("no key", "credential_missing", 401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).", "invalid_request_error", None),
    ("no member", "account_inactive_or_restricted", 401, MEMBER, "invalid_request_error", None),
    ("closed account", "account_inactive_or_restricted", 401, "The OpenAI account associated with this API key has been deactivated.", "invalid_request_error", "account_deactivated"),
    ("missing scope", "insufficient_permission", 401, "You have insufficient permissions for this operation. Missing scopes: model.request.", "invalid_request_error", "missing_scope"),
    ("no such organisation", "wrong_endpoint_or_environment", 401, "OpenAI-Organization header should match organization for API key", "invalid_request_error", "mismatched_organization"),
    ("network not allowed", "access_policy_blocked", 401, "IP not authorized. Your request IP does not match the configured IP allowlist for the project.", "invalid_request_error", "ip_not_authorized"),
    ("country", "access_policy_blocked", 403, "Country, region, or territory not supported", "request_forbidden", "unsupported_country_region_territory"),
]  # fmt: skip
DEEPSEEK = [
    ("wrong key", "api_key_invalid", 401, "Authentication Fails, Your api key: ****7f3a is invalid", "authentication_error", "invalid_request_error"),
    ("no such user", "api_key_invalid", 401, "Authentication Fails (no such user)", "authentication_error", "invalid_request_error"),
    ("no balance", "account_inactive_or_restricted", 402, "Insufficient Balance", "unknown_error", "invalid_request_error"),
    ("malformed header", "auth_header_malformed", 401, "Authentication Fails (auth header format should be Bearer sk-...)", "authentication_error", "invalid_request_error"),
]  # fmt: skip
ANTHROPIC = [
    ("wrong key", "api_key_invalid", 401, "invalid x-api-key", "authentication_error"),
    ("no key", "credential_missing", 401, "x-api-key header is required", "authentication_error"),
    ("old token", "token_expired", 401, "OAuth token has expired. Please obtain a new token or refresh your existing token.", "authentication_error"),
    ("revoked token", "credential_revoked", 403, "OAuth token has been revoked. Please obtain a new token.", "permission_error"),
    ("no permission", "insufficient_permission", 403, "Your API key does not have permission to use the specified resource.", "permission_error"),
    ("no credit", "account_inactive_or_restricted", 400, "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.", "invalid_request_error"),
]  # fmt: skip
log = logging.getLogger("jobs.assistant")
_here = threading.local()


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    path = folder / "jobs.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    handler.addFilter(lambda _: getattr(_here, "asks", False))  # other benches drive httpx as well
    loggers = [log, *map(logging.getLogger, ("httpx", "openai", "anthropic"))]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    try:
        with answering(_answer) as port, patch.dict(os.environ):
            for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
                os.environ.pop(name, None)
            cases = [replace(case, act=_heard(case.act)) for case in _cases(f"http://127.0.0.1:{port}")]
            yield Bench("sdks", {"jobs": path}, cases)
    finally:
        for logger, level, propagate in before:
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate
        handler.close()


def _heard(act: Act) -> Act:
    """The same, with what its thread logs in the log of this bench."""

    def heard(visit: Visit) -> None:
        _here.asks = True
        try:
            act(visit)
        finally:
            _here.asks = False

    return heard


def _answer(asked: Asked) -> Answer:
    """/VENDOR/NUMBER OF THE CASE/MARKER/..."""
    _, vendor, number, *_ = asked.path.split("/")
    if number == "fine":
        return Answer(200, json.dumps(TALK if vendor == "anthropic" else CHAT))
    _, _, status, message, kind, *code = VENDORS[vendor][int(number)]
    if vendor == "anthropic":
        body: dict[str, Any] = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_lab"}
    else:
        body = {"error": {"message": message, "type": kind, "param": None, "code": code[0]}}
    return Answer(status, json.dumps(body))


VENDORS: dict[str, list[Any]] = {"openai": OPENAI, "deepseek": DEEPSEEK, "anthropic": ANTHROPIC}


def _call(base: str, vendor: str, number: str) -> Act:
    messages: Any = [{"role": "user", "content": "hello"}]

    def act(visit: Visit) -> None:
        url = f"{base}/{vendor}/{number}/{visit.marker}"
        try:
            if vendor == "anthropic":
                with anthropic.Anthropic(base_url=url, api_key="sk-ant-lab", max_retries=0) as client:
                    client.messages.create(model="m", max_tokens=5, messages=messages)
            else:
                with openai.OpenAI(base_url=f"{url}/v1", api_key="sk-lab-made-up", max_retries=0) as other:
                    other.chat.completions.create(model="m", messages=messages)
            log.info("job %s answered", visit.marker)
        except (openai.OpenAIError, anthropic.AnthropicError) as error:
            _tell(visit, error)

    return act


def _tell(visit: Visit, error: Exception) -> None:
    """As one program logs it, or another."""
    style = int(visit.marker[-1], 16) % 3
    if style == 0:
        log.error("job %s failed: %s", visit.marker, error)
    elif style == 1:
        log.exception("job %s failed", visit.marker)
    else:
        log.error("job %s: %s: %r", visit.marker, type(error).__name__, error)


def _unset(make: Any) -> Act:
    def act(visit: Visit) -> None:
        try:
            make()
        except Exception as error:  # noqa: BLE001 (each SDK has its own)
            _tell(visit, error)

    return act


def _cases(base: str) -> list[Case]:
    cases = [good(_call(base, vendor, "fine"), times=(4, 6)) for vendor in VENDORS]
    for vendor, known in VENDORS.items():
        for number, (name, truth, *_) in enumerate(known):
            bare = (
                "unclassified",
                "none",
                truth,
                "credential_missing",
                "insufficient_permission",
                "api_key_invalid",
                "account_inactive_or_restricted",
            )
            said = (Says("jobs", bare, "HTTP Request:"), Says("jobs", (truth,)))
            cases.append(Case(f"{vendor}: {name}", truth, _call(base, vendor, str(number)), said))
    missing = (Says("jobs", ("credential_missing",)),)
    return [
        *cases,
        Case("openai: key not set", "credential_missing", _unset(openai.OpenAI), missing),
        Case("anthropic: key not set", "credential_missing", _unset(lambda: anthropic.Anthropic().messages.create(
            model="m", max_tokens=5, messages=[{"role": "user", "content": "hello"}])), missing),
    ]  # fmt: skip
