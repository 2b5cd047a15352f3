"""Certificates that a test makes for itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """A certificate authority of its own: ca.crt, and NAME.crt with NAME.key for whom it signs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.key, self.name = folder, ec.generate_private_key(ec.SECP256R1()), _named("lab authority")
        self._write("ca", self._certificate(self.name, self.key, 30, ca=True))

    def sign(self, name: str, host: str, days: int = 30) -> None:
        """days: until when it holds; a negative number made it run out so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(name, self._certificate(_named(host), key, days, ca=False))
        kept = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / f"{name}.key").write_bytes(kept)

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, *, ca: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=60))
        made = made.not_valid_after(now + timedelta(days=days))
        made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        return made.sign(self.key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate) -> None:
        (self.folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _named(host: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
