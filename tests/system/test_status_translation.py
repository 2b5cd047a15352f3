"""Statuses and codes that are no 401 and mean a refused sign-in all the same; and those that only look like it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.system.tool import run

NONE = "none"
LINES: dict[str, tuple[str, str]] = {  # name: the cause, the lines
    "302-location": (
        "session_invalid",
        '{"time":"2026-03-12T06:25:24Z","remote_addr":"192.0.2.7","request_method":"GET","request_uri":"/account/orders","status":302,"sent_http_location":"https://id.example.com/login?next=/account/orders","http_user_agent":"Mozilla/5.0"}',
    ),
    "404-git": (
        "wrong_endpoint_or_environment",
        "2026-03-12 06:25:24,103 ERROR jobs.sync: remote: Repository not found.\nfatal: repository 'https://github.com/acme/private.git/' not found",
    ),
    "404-registry": (
        "wrong_endpoint_or_environment",
        "2026-03-12T06:25:24Z ERROR deploy: Error response from daemon: pull access denied for acme/private, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ),
    "403-s3": (
        "request_signature_invalid",
        "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message></Error>",
    ),
    "403-fastapi": (
        "credential_missing",
        "2026-03-12 06:25:24,103 WARNING shop.auth: 403 GET /orders/17 from 192.0.2.7: Not authenticated",
    ),
    "403-k8s": (
        "credential_missing",
        '2026-03-12T06:25:24Z ERROR kube: forbidden: User "system:anonymous" cannot get path "/api/v1/pods"',
    ),
    "403-vault": (
        "insufficient_permission",
        "2026-03-12T06:25:24Z ERROR deploy: Error making API request. URL: GET https://vault.example.com:8200/v1/secret/data/app Code: 403. Errors: * permission denied",
    ),
    "400-gemini": (
        "api_key_invalid",
        "2026-03-12 06:25:24,103 ERROR app: google.genai.errors.ClientError: 400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'API key not valid. Please pass a valid API key.', 'status': 'INVALID_ARGUMENT', 'details': [{'reason': 'API_KEY_INVALID'}]}}",
    ),
    "400-grant": (
        "refresh_failed",
        '2026-03-12 06:25:24,103 ERROR app: POST /oauth/token -> 400 {"error":"invalid_grant","error_description":"Token has been expired or revoked."}',
    ),
    "400-nginxcert": (
        "client_certificate_invalid",
        '2026/03/12 06:25:24 [info] 7#7: *3 client sent no required SSL certificate while reading client request headers, client: 192.0.2.7, server: mtls.example.com, request: "GET / HTTP/1.1", host: "mtls.example.com"',
    ),
    "402-account": (
        "account_inactive_or_restricted",
        "2026-03-12 06:25:24,103 ERROR app: Error code: 402 - {'error': {'message': 'Insufficient Balance', 'type': 'unknown_error', 'param': None, 'code': 'invalid_request_error'}}",
    ),
    "402-access": (
        "account_inactive_or_restricted",
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "POST /v1/chat HTTP/1.1" 402 12 "-" "curl/8.5.0"',
    ),
    "407": (
        "proxy_auth_required",
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "CONNECT api.example.com:443 HTTP/1.1" 407 12 "-" "curl/8.5.0"',
    ),
    "407-text": (
        "proxy_auth_required",
        "2026-03-12 06:25:24,103 ERROR app: curl: (56) CONNECT tunnel failed, response 407",
    ),
    "511": (
        "access_policy_blocked",
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /v1/me HTTP/1.1" 511 12 "-" "curl/8.5.0"',
    ),
    "419": (
        "session_invalid",
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "POST /profile HTTP/1.1" 419 12 "-" "curl/8.5.0"',
    ),
    "419-laravel": (
        "session_invalid",
        '[2026-03-12 06:25:24] production.ERROR: CSRF token mismatch. {"exception":"[object] (Illuminate\\\\Session\\\\TokenMismatchException(code: 0): CSRF token mismatch. at /app/vendor/x.php:86)"}',
    ),
    "422-flaskjwt": (
        "token_malformed",
        '[2026-03-12 06:25:24,103] WARNING in app: GET /orders/1 -> 422 {"msg":"Not enough segments"}',
    ),
    "422-devise": (
        "session_invalid",
        "Completed 422 Unprocessable Entity in 3ms\nActionController::InvalidAuthenticityToken (Can't verify CSRF token authenticity.):",
    ),
    "440": (
        "session_invalid",
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /owa/ HTTP/1.1" 440 12 "-" "curl/8.5.0"',
    ),
    "498": (
        "token_expired",
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /arcgis/rest/services HTTP/1.1" 498 12 "-" "curl/8.5.0"',
    ),
    "498-body": (
        "token_expired",
        '2026-03-12 06:25:24,103 ERROR gis: GET https://gis.example.com/arcgis/rest/services/x/query answered 200 {"error":{"code":498,"message":"Invalid token.","details":[]}}',
    ),
    "499-body": (
        "credential_missing",
        '2026-03-12 06:25:24,103 ERROR gis: GET https://gis.example.com/arcgis/rest/services/x/query answered 200 {"error":{"code":499,"message":"Token Required","details":[]}}',
    ),
    "499-nginx": ("none", '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /slow HTTP/1.1" 499 12 "-" "curl/8.5.0"'),
    "200-code401": (
        "unclassified",
        '2026-03-12 06:25:24,103 WARNING app: POST /api/order/list 200 {"code":401,"msg":"unauthorized","data":null}',
    ),
    "200-errcode-wechat": (
        "token_expired",
        '2026-03-12 06:25:24,103 ERROR app: GET https://api.example.com/cgi-bin/user/info status=200 body={"errcode":42001,"errmsg":"access_token expired rid: 65f0-1a"}',
    ),
    "200-errcode-40001": (
        "api_key_invalid",
        '2026-03-12 06:25:24,103 ERROR app: GET https://api.example.com/cgi-bin/user/info status=200 body={"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: 65f0-1a"}',
    ),
    "200-json-field": (
        "token_expired",
        '{"time":"2026-03-12T06:25:24Z","level":"warn","msg":"upstream answered","status":200,"body":"{\\"code\\":401,\\"message\\":\\"token expired\\"}","path":"/api/x"}',
    ),
    "500-authreq": (
        "auth_backend_unavailable",
        '2026/03/12 06:25:24 [error] 7#7: *3 auth request unexpected status: 502 while sending to client, client: 192.0.2.7, server: app.example.com, request: "GET /a HTTP/1.1", host: "app.example.com"',
    ),
    "500-forwardauth": (
        "auth_backend_unavailable",
        '{"level":"error","middlewareName":"auth@docker","middlewareType":"ForwardAuth","msg":"Error calling http://auth:9091/api/verify. Cause: dial tcp 198.51.100.4:9091: connect: connection refused","time":"2026-03-12T06:25:24Z"}',
    ),
    "grpc-16": (
        "credential_missing",
        '{"level":"info","ts":"2026-03-12T06:25:24Z","msg":"finished unary call","grpc.code":"Unauthenticated","grpc.method":"GetOrder","grpc.service":"shop.Orders","error":"rpc error: code = Unauthenticated desc = missing metadata"}',
    ),
    "grpc-16-text": (
        "token_expired",
        '2026-03-12 06:25:24,103 ERROR app: <_InactiveRpcError of RPC that terminated with: status = StatusCode.UNAUTHENTICATED details = "token expired">',
    ),
    "grpc-7": (
        "insufficient_permission",
        "2026-03-12T06:25:24Z ERROR client: rpc error: code = PermissionDenied desc = caller does not have permission orders.get",
    ),
    "grpc-envoy": (
        "credential_missing",
        '{"start_time":"2026-03-12T06:25:24Z","method":"POST","path":"/shop.Orders/Get","response_code":200,"grpc_status":"Unauthenticated","downstream_remote_address":"192.0.2.7:5000","user_agent":"grpc-go/1.60"}',
    ),
    "graphql": (
        "credential_missing",
        '2026-03-12 06:25:24,103 INFO app: POST /graphql 200 {"errors":[{"message":"Not logged in","extensions":{"code":"UNAUTHENTICATED"}}],"data":null}',
    ),
    "graphql-forbidden": (
        "insufficient_permission",
        '{"time":"2026-03-12T06:25:24Z","level":"warn","msg":"graphql response","status":200,"errors":[{"message":"You are not allowed to read salaries","extensions":{"code":"FORBIDDEN"}}],"path":"/graphql"}',
    ),
    "ws-4401": ("unclassified", "2026-03-12 06:25:24,103 WARNING app: websocket closed with code 4401 (unauthorized)"),
    "ws-1008": (
        "credential_missing",
        "2026-03-12 06:25:24,103 ERROR app: websockets.exceptions.ConnectionClosedError: received 1008 (policy violation) authentication required; then sent 1008",
    ),
    "smtp-535": (
        "username_password_invalid",
        "2026-03-12 06:25:24,103 ERROR mailer: smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed: UGFzc3dvcmQ6')",
    ),
    "smtp-535-access": (
        "username_password_invalid",
        "2026-03-12T06:25:24Z ERROR mailer: SMTP server replied: 535 5.7.8 Username and Password not accepted",
    ),
    "smtp-530": (
        "credential_missing",
        "2026-03-12T06:25:24Z ERROR mailer: SMTP error: 530 5.7.0 Authentication Required",
    ),
    "ftp-530": (
        "username_password_invalid",
        "2026-03-12 06:25:24,103 ERROR sync: ftplib.error_perm: 530 Login incorrect.",
    ),
    "ftp-530-notlogged": (
        "credential_missing",
        "2026-03-12T06:25:24Z ERROR sync: 530 Please login with USER and PASS.",
    ),
    "ldap-49": (
        "username_password_invalid",
        "2026-03-12T06:25:24Z ERROR sso: LDAP: error code 49 - Invalid Credentials",
    ),
    "ldap-49-52e": (
        "username_password_invalid",
        "2026-03-12T06:25:24Z ERROR sso: [LDAP: error code 49 - 80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e, v2580]",
    ),
    "ldap-49-533": (
        "account_inactive_or_restricted",
        "2026-03-12T06:25:24Z ERROR sso: [LDAP: error code 49 - 80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 533, v2580]",
    ),
    "ldap-49-775": (
        "account_locked",
        "2026-03-12T06:25:24Z ERROR sso: [LDAP: error code 49 - 80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 775, v2580]",
    ),
    "mqtt-4": (
        "username_password_invalid",
        "2026-03-12 06:25:24,103 ERROR sensor: MQTT connection failed: CONNACK return code 4 (bad user name or password)",
    ),
    "mqtt-5": (
        "username_password_invalid",
        "2026-03-12 06:25:24,103 ERROR sensor: Connected with result code 5 (Connection Refused: not authorised.)",
    ),
    "mqtt-mosquitto": ("username_password_invalid", "1773296724: Client sensor-7 disconnected, not authorised."),
    "sip-401": (
        "unclassified",
        "2026-03-12T06:25:24Z INFO sip: SIP/2.0 401 Unauthorized REGISTER sip:example.com from 192.0.2.7",
    ),
    "sip-407": (
        "proxy_auth_required",
        "2026-03-12T06:25:24Z INFO sip: SIP/2.0 407 Proxy Authentication Required INVITE sip:bob@example.com from 192.0.2.7",
    ),
    "sip-asterisk": (
        "username_password_invalid",
        "[2026-03-12 06:25:24] NOTICE[1234] chan_sip.c: Registration from '\"100\" <sip:100@example.com>' failed for '192.0.2.7:5060' - Wrong password",
    ),
    "redis-noauth": (
        "credential_missing",
        "2026-03-12 06:25:24,103 ERROR app: redis.exceptions.AuthenticationError: NOAUTH Authentication required.",
    ),
    "redis-wrongpass": (
        "username_password_invalid",
        "2026-03-12 06:25:24,103 ERROR app: redis.exceptions.ResponseError: WRONGPASS invalid username-password pair or user is disabled.",
    ),
    "redis-noperm": (
        "insufficient_permission",
        "2026-03-12T06:25:24Z ERROR app: NOPERM User worker has no permissions to run the 'flushall' command",
    ),
    "kafka-sasl": (
        "username_password_invalid",
        "[2026-03-12 06:25:24,103] ERROR [Consumer clientId=c1, groupId=g] Connection to node -1 (kafka.example.com/198.51.100.7:9093) failed authentication due to: Authentication failed: Invalid username or password (org.apache.kafka.clients.NetworkClient)",
    ),
    "kafka-broker": (
        "username_password_invalid",
        "[2026-03-12 06:25:24,103] INFO [SocketServer listenerType=ZK_BROKER, nodeId=1] Failed authentication with /192.0.2.7 (channelId=198.51.100.7:9093-192.0.2.7:50000-4) (Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512) (org.apache.kafka.common.network.Selector)",
    ),
    "kafka-topic": (
        "insufficient_permission",
        "[2026-03-12 06:25:24,103] ERROR org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [orders]",
    ),
    "302 after signing in": (
        NONE,
        '{"time":"2026-03-12T06:25:24Z","remote_addr":"192.0.2.7","request_method":"POST","request_uri":"/login","status":302,"sent_http_location":"/account"}',
    ),
    "302 on signing out": (
        NONE,
        '{"time":"2026-03-12T06:25:24Z","remote_addr":"192.0.2.7","request_method":"GET","request_uri":"/logout","status":302,"sent_http_location":"/login"}',
    ),
    "302 to another page": (
        NONE,
        '{"time":"2026-03-12T06:25:24Z","remote_addr":"192.0.2.7","request_method":"GET","request_uri":"/old","status":302,"sent_http_location":"/blog/sign-in-methods-compared"}',
    ),
    "404 of a page": (
        NONE,
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /favicon.ico HTTP/1.1" 404 12 "-" "curl/8.5.0"',
    ),
    "400 of a form": (
        NONE,
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "POST /orders HTTP/1.1" 400 12 "-" "curl/8.5.0"',
    ),
    "422 of a form": (
        NONE,
        '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "POST /orders HTTP/1.1" 422 12 "-" "curl/8.5.0"',
    ),
    "500 of an application": (
        NONE,
        '2026/03/12 06:25:24 [error] 7#7: *3 upstream prematurely closed connection while reading response header from upstream, client: 192.0.2.7, server: app.example.com, request: "GET /a HTTP/1.1", upstream: "http://198.51.100.4:80/a", host: "app.example.com"',
    ),
    "200 with a count": (
        NONE,
        '2026-03-12 06:25:24,103 INFO app: GET /api/orders 200 {"code":0,"count":401,"data":[]}',
    ),
    "200 with no error code": (
        NONE,
        '2026-03-12 06:25:24,103 INFO app: GET https://api.example.com/cgi-bin/user/info status=200 body={"errcode":0,"errmsg":"ok"}',
    ),
    "gRPC fine": (
        NONE,
        '{"start_time":"2026-03-12T06:25:24Z","method":"POST","path":"/shop.Orders/Get","response_code":200,"grpc_status":"OK","downstream_remote_address":"192.0.2.7:5000"}',
    ),
    "GraphQL of a wrong query": (
        NONE,
        '2026-03-12 06:25:24,103 INFO app: POST /graphql 200 {"errors":[{"message":"Cannot query field x","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}',
    ),
    "WebSocket closed as usual": (NONE, "2026-03-12 06:25:24,103 INFO app: websocket closed with code 1000 (normal)"),
    "SMTP with other numbers": (NONE, "2026-03-12 06:25:24,103 INFO mailer: sent 535 messages in 530 ms"),
    "LDAP with another error": (NONE, "2026-03-12T06:25:24Z ERROR sso: LDAP: error code 32 - No Such Object"),
    "MQTT connected": (NONE, "2026-03-12 06:25:24,103 INFO sensor: Connected with result code 0"),
    "SIP fine": (NONE, "2026-03-12T06:25:24Z INFO sip: SIP/2.0 200 OK REGISTER sip:example.com from 192.0.2.7"),
    "Redis with another error": (
        NONE,
        "2026-03-12 06:25:24,103 ERROR app: redis.exceptions.ResponseError: WRONGTYPE Operation against a key holding the wrong kind of value",
    ),
    "Kafka fine": (
        NONE,
        "[2026-03-12 06:25:24,103] INFO [Consumer clientId=c1, groupId=g] Successfully authenticated with SASL mechanism SCRAM-SHA-512 (org.apache.kafka.clients.NetworkClient)",
    ),
}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("statuses")
    for number, (_, lines) in enumerate(LINES.values()):
        (folder / f"{number:03}.log").write_text(lines + "\n")
    return folder


@pytest.fixture(scope="module")
def causes(logs: Path) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {name: [] for name in LINES}
    for line in run("events", logs).stdout.splitlines():
        row = json.loads(line)
        told[list(LINES)[int(Path(row["log.file.path"]).stem)]].append(row["logscan.cause"])
    return told


@pytest.mark.parametrize("name", LINES)
def test_a_status_is_read_as_what_it_means(causes: dict[str, list[str]], name: str) -> None:
    cause, _ = LINES[name]
    assert set(causes[name]) == ({cause} if cause != NONE else set())


def test_the_findings_count_the_same(logs: Path, causes: dict[str, list[str]]) -> None:
    scan = json.loads(run("scan", logs, "--format", "json").stdout)
    counted = Counter(cause for each in causes.values() for cause in each)
    assert sum(scan["summary"]["by_cause"].values()) == sum(counted.values())
    assert scan["summary"]["by_cause"].keys() <= counted.keys()
