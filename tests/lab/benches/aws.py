"""boto3 against a server that checks SigV4 as S3 and DynamoDB do, and answers as they document; the program's log."""

import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import botocore.auth
import botocore.exceptions
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from tests.lab.answers import Answer, Asked, answering
from tests.lab.case import Act, Bench, Case, Says, Visit, good

KEYS = {"AKIALAB0000000000001": "secret-of-the-lab", "ASIALAB0000000000002": "secret-of-a-session"}
REGION, SESSION = "eu-central-1", "session-of-the-lab"
SCOPE = re.compile(
    r"Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)"
)
# code of S3, code of DynamoDB, status of S3, message
CODES = {
    "missing": ("AccessDenied", "MissingAuthenticationTokenException", 403, "Request is missing Authentication Token"),
    "key": ("InvalidAccessKeyId", "UnrecognizedClientException", 403, "The AWS Access Key Id you provided does not exist in our records."),
    "secret": ("SignatureDoesNotMatch", "InvalidSignatureException", 403, "The request signature we calculated does not match the signature you provided. Check your key and signing method."),
    "clock": ("RequestTimeTooSkewed", "InvalidSignatureException", 403, "The difference between the request time and the current time is too large."),
    "region": ("AuthorizationHeaderMalformed", "InvalidSignatureException", 400, "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'"),
    "session": ("ExpiredToken", "ExpiredTokenException", 400, "The provided token has expired."),
    "denied": ("AccessDenied", "AccessDeniedException", 403, "User: arn:aws:iam::000000000000:user/lab is not authorized to perform: s3:GetObject"),
}  # fmt: skip
DYNAMODB = {
    "key": "The security token included in the request is invalid.",
    "clock": "Signature expired: 20261123T100000Z is now earlier than 20261123T112500Z (20261123T113000Z - 5 min.)",
    "region": "Credential should be scoped to a valid region.",
    "session": "The security token included in the request is expired",
    "denied": "User: arn:aws:iam::000000000000:user/lab is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-central-1:000000000000:table/closed",
}  # fmt: skip
log = logging.getLogger("nightly.export")


@contextmanager
def served(folder: Path) -> Iterator[Bench]:
    path = folder / "export.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        alone = {
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/none",
            "AWS_CONFIG_FILE": f"{folder}/none",
        }
        with answering(_answer) as port, patch.dict(os.environ, alone):
            yield Bench("aws", {"export": path}, _cases(f"http://127.0.0.1:{port}"))
    finally:
        log.removeHandler(handler)
        handler.close()


def _fault(asked: Asked) -> str | None:  # noqa: PLR0911 (each fault has its own rule)
    """What is wrong with a request, by the rules of SigV4."""
    scope = SCOPE.search(asked.headers.get("Authorization", ""))
    if scope is None:
        return "missing"
    key, _, region, service, signed, signature = scope.groups()
    if key not in KEYS:
        return "key"
    stamp = asked.headers["X-Amz-Date"]
    then = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(datetime.now(UTC) - then) > timedelta(minutes=15):
        return "clock"
    if region != REGION:
        return "region"
    if asked.headers.get("X-Amz-Security-Token", SESSION) != SESSION:
        return "session"
    request = AWSRequest(asked.method, f"http://{asked.headers['Host']}{asked.path}", data=asked.body)
    for name in signed.split(";"):
        request.headers[name] = asked.headers[name]
    kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    auth: Any = kind(Credentials(key, KEYS[key]), service, region)
    request.context = {"timestamp": stamp, "payload_signing_enabled": True}
    right = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if right != signature:
        return "secret"
    return "denied" if "closed" in asked.path or b"closed" in asked.body else None


def _answer(asked: Asked) -> Answer:
    fault = _fault(asked)
    table = asked.headers.get("X-Amz-Target") is not None
    if fault is None:
        return Answer(
            200, "{}" if table else "fine", (("Content-Type", "application/x-amz-json-1.0" if table else "text/plain"),)
        )
    s3, dynamodb, status, message = CODES[fault]
    if table:
        said = {"__type": f"com.amazon.coral.service#{dynamodb}", "message": DYNAMODB.get(fault, message)}
        return Answer(400, json.dumps(said), (("Content-Type", "application/x-amz-json-1.0"),))
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{s3}</Code><Message>{message}</Message><RequestId>LAB</RequestId></Error>'
    return Answer(status, body, (("Content-Type", "application/xml"),))


def _cases(base: str) -> list[Case]:
    def call(
        service: str, key: str | None = "AKIALAB0000000000001", secret: str = "secret-of-the-lab", *, session: str | None = None,
        region: str = REGION, place: str = "open", hours: float = 0,
    ) -> Act:  # fmt: skip
        def act(visit: Visit) -> None:
            later = datetime.now(UTC) + timedelta(hours=hours)
            own = boto3.session.Session()
            try:
                client = own.client(
                    service, endpoint_url=base, region_name=region, aws_access_key_id=key, aws_secret_access_key=key and secret,
                    aws_session_token=session, config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
                )  # fmt: skip
                with patch.object(
                    botocore.auth,
                    "get_current_datetime",
                    lambda remove_tzinfo=True: later.replace(tzinfo=None if remove_tzinfo else UTC),
                ):
                    if service == "s3":
                        client.get_object(Bucket=place, Key=visit.marker)
                    else:
                        client.get_item(TableName=place, Key={"id": {"S": visit.marker}})
                log.info("exported %s", visit.marker)
            except botocore.exceptions.BotoCoreError as error:
                log.error("export of %s failed: %s: %s", visit.marker, type(error).__name__, error)
            except botocore.exceptions.ClientError as error:
                if int(visit.marker[-1], 16) % 2:
                    log.error("export of %s failed: %s", visit.marker, error)
                else:
                    log.exception("export of %s failed", visit.marker)

        return act

    def case(name: str, truth: str, act: Act, accepts: str = "") -> Case:
        return Case(name, truth, act, (Says("export", tuple((accepts or truth).split())),))

    cases = []
    for service in ("s3", "dynamodb"):
        cases += [
            good(call(service), times=(4, 6)),
            case(f"{service}: unknown key", "api_key_invalid", call(service, "AKIALAB0000000000009"), "api_key_invalid token_malformed"),
            case(f"{service}: wrong secret", "request_signature_invalid", call(service, secret="another")),
            case(f"{service}: clock behind", "clock_skew", call(service, hours=-1.5)),
            case(f"{service}: another region", "wrong_endpoint_or_environment", call(service, region="us-east-1")),
            case(f"{service}: session over", "token_expired", call(service, "ASIALAB0000000000002", "secret-of-a-session", session="of yesterday"), "token_expired session_invalid"),
            case(f"{service}: no right", "insufficient_permission", call(service, place="closed")),
        ]  # fmt: skip
    return [*cases, case("no credentials", "credential_missing", call("s3", None))]
