"""A Flask-JWT-Extended application. usage: flask_app.py PORT LOG KEY; werkzeug writes its lines to stderr."""

import logging
import sys
from datetime import timedelta
from typing import Any

from flask import Flask, jsonify, request
from flask_jwt_extended import JWTManager, get_jwt, jwt_required, verify_jwt_in_request

PORT, LOG, KEY = sys.argv[1:]
app = Flask("orders")
app.config.update(
    JWT_SECRET_KEY=KEY, JWT_TOKEN_LOCATION=["headers", "cookies"], JWT_DECODE_AUDIENCE="orders",
    JWT_DECODE_ISSUER="https://id.example.com/", JWT_ACCESS_TOKEN_EXPIRES=timedelta(hours=1),
)  # fmt: skip
manager = JWTManager(app)
log = logging.getLogger("orders")


@manager.token_in_blocklist_loader
def withdrawn(_: Any, claims: dict[str, Any]) -> bool:
    return bool(claims.get("jti") == "withdrawn")


@manager.user_lookup_loader
def known(_: Any, claims: dict[str, Any]) -> str | None:
    return None if claims["sub"] == "nobody7" else str(claims["sub"])


@app.after_request
def told(response: Any) -> Any:
    """The extension logs nothing; what it answers is all there is."""
    if response.status_code >= 400:
        log.warning(
            "%s %s -> %s %s",
            request.method,
            request.path,
            response.status_code,
            response.get_data(as_text=True).strip(),
        )
    return response


@app.get("/orders/<marker>")
@jwt_required()
def orders(marker: str) -> Any:
    return jsonify(order=marker)


@app.post("/orders/<marker>")
@jwt_required()
def change(marker: str) -> Any:
    return jsonify(order=marker)


@app.get("/fresh/<marker>")
@jwt_required(fresh=True)
def fresh(marker: str) -> Any:
    return jsonify(order=marker)


@app.get("/admin/<marker>")
def admin(marker: str) -> Any:
    verify_jwt_in_request()
    if get_jwt().get("role") != "admin":
        return jsonify(msg="Admins only!"), 403
    return jsonify(order=marker)


if __name__ == "__main__":
    handler = logging.FileHandler(LOG)
    handler.setFormatter(logging.Formatter("[%(asctime)s] %(levelname)s in %(module)s: %(message)s"))
    log.addHandler(handler)
    app.run("127.0.0.1", int(PORT))
