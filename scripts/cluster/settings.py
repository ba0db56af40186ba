"""The files of a cluster in its folder: those of `deploy/`, with its own ports and secrets."""

from __future__ import annotations

import datetime
import ipaddress
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scripts.cluster.backends import ADMIN, USER
from scripts.console import ROOT
from scripts.readiness import LOCAL, free_port

DEPLOY = ROOT / "deploy"
NAMES = ("localhost", LOCAL)
DAYS = 3650
SECRET_BYTES = 48
NO_LIMITS = "100000r/s"  # of nginx for an address


@dataclass(frozen=True)
class Ports:
    """Where each part listens, on this machine only.

    Attributes:
        https: nginx, for people.
        actions_proxy: nginx, for the workers.
        workers: a port each.
        actions: of the action servers, a port each.
        postgresql: the database.
    """

    https: int
    actions_proxy: int
    workers: tuple[int, ...]
    actions: tuple[int, ...]
    postgresql: int

    @classmethod
    def choose(cls, https: int, workers: int, actions: int) -> Ports:
        """Returns free ports for so many workers and action servers."""
        chosen: list[int] = []
        while len(chosen) < workers + actions + 2:
            port = free_port()
            if port not in (*chosen, https):
                chosen.append(port)
        first, second, *others = chosen
        return cls(https, first, tuple(others[:workers]), tuple(others[workers:]), second)


@dataclass(frozen=True)
class Files:
    """What a cluster has on the disk.

    Attributes:
        folder: of its own; who else looks into it sees secrets.
    """

    folder: Path

    @property
    def nginx(self) -> Path:
        """The folder of nginx's settings."""
        return self.folder / "nginx"

    @property
    def secrets(self) -> Path:
        """The folder of secrets."""
        return self.folder / "secrets"

    @property
    def state(self) -> Path:
        """What runs: names, processes, addresses."""
        return self.folder / "cluster.json"

    @property
    def certificate(self) -> Path:
        """Of nginx; it is its own authority."""
        return self.nginx / "zhaohui" / "certificate.pem"

    def environment(self, ports: Ports) -> dict[str, str]:
        """Returns the variables of workers and action servers: those of `zhaohui.env`, here."""
        here = {
            "ZHAOHUI_DATABASE": f"postgresql://{USER}@{LOCAL}:{ports.postgresql}/{USER}",
            "ZHAOHUI_ACTIONS_URL": f"http://{LOCAL}:{ports.actions_proxy}/webhook",
            # Named by the credentials.yml of an earlier version.
            "ZHAOHUI_WECHAT_STORE": f"postgresql://{USER}@{LOCAL}:{ports.postgresql}/{USER}",
            "PGPASSFILE": str(self.secrets / "pgpass"),
            "ZHAOHUI_WEBSITE_SECRET_FILE": str(self.secrets / "website_secret"),
            "ZHAOHUI_ACTIONS_KEY_FILE": str(self.secrets / "actions_key"),
        }
        lines = (DEPLOY / "zhaohui.env").read_text(encoding="utf-8").splitlines()
        usual = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return {**usual, **here}

    def write(self, ports: Ports, is_limited: bool) -> None:
        """Writes the settings; secrets and the certificate only where they are not there yet.

        Args:
            ports: where each part listens.
            is_limited: whether nginx limits how often an address may ask, as it does in service.
        """
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.secrets.mkdir(mode=0o700, exist_ok=True)
        self.write_secrets()
        for name in ("endpoints.yml", "credentials.yml"):
            if not (self.folder / name).exists() or name == "endpoints.yml":
                shutil.copy(DEPLOY / name, self.folder / name)
        included = self.nginx / "zhaohui"
        for folder in (self.nginx, included, self.nginx / "temporary"):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not self.certificate.exists():
            write_certificate(self.certificate, included / "certificate.key")
        main = (DEPLOY / "nginx" / "zhaohui.conf").read_text(encoding="utf-8")
        log = "/var/log/nginx/access.log"
        (self.nginx / "zhaohui.conf").write_text(
            main.replace(log, str(self.nginx / "access.log")), encoding="utf-8"
        )
        (self.nginx / "nginx.conf").write_text(_nginx_conf(self.nginx), encoding="utf-8")
        limits = (DEPLOY / "nginx" / "zhaohui" / "limits.conf").read_text(encoding="utf-8")
        if not is_limited:
            for rate in ("80r/s", "240r/m", "660r/m"):
                limits = limits.replace(rate, NO_LIMITS)
        key = included / "certificate.key"
        written = {
            "listen.conf": f"listen {LOCAL}:{ports.https} ssl http2;\n",
            "name.conf": (
                f"server_name {' '.join(NAMES)};\n"
                f"ssl_certificate {self.certificate};\nssl_certificate_key {key};\n"
            ),
            "actions.conf": f"listen {LOCAL}:{ports.actions_proxy};\n",
            "upstreams.conf": upstreams(ports),
            "limits.conf": limits,
        }
        for name, text in written.items():
            (included / name).write_text(text, encoding="utf-8")

    def write_secrets(self) -> None:
        """Makes the secrets that are not there yet."""
        for name in ("website_secret", "actions_key"):
            _write_once(self.secrets / name, secrets.token_urlsafe(SECRET_BYTES))
        passwords = {user: secrets.token_hex(SECRET_BYTES) for user in (ADMIN, USER)}
        lines = [f"*:*:*:{user}:{password}" for user, password in passwords.items()]
        _write_once(self.secrets / "pgpass", "\n".join(lines))

    def password(self, user: str) -> str:
        """Returns a user's password for the database."""
        lines = (self.secrets / "pgpass").read_text(encoding="ascii").splitlines()
        return next(line.split(":")[4] for line in lines if line.split(":")[3] == user)


def upstreams(ports: Ports) -> str:
    """Returns `upstreams.conf` with these ports, and all else as it is in `deploy/`."""
    text = (DEPLOY / "nginx" / "zhaohui" / "upstreams.conf").read_text(encoding="utf-8")
    lines: list[str] = []
    of = {"zhaohui_workers": ports.workers, "zhaohui_actions": ports.actions}
    group: tuple[int, ...] = ()
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["upstream"]:
            group = of[words[1]]
        if words[:1] != ["server"]:
            lines.append(line)
        elif group:
            rest = " ".join(words[2:])
            lines += [f"    server {LOCAL}:{port} {rest}" for port in group]
            group = ()
    return "\n".join(lines) + "\n"


def write_certificate(certificate: Path, key: Path) -> None:
    """Makes a certificate for this machine's own names that nobody else vouches for."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMES[0])])
    now = datetime.datetime.now(datetime.timezone.utc)
    alternatives = [x509.DNSName(NAMES[0]), x509.IPAddress(ipaddress.ip_address(LOCAL))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    _write_once(
        key,
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode("ascii"),
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _write_once(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, unless it is there."""
    if path.exists():
        return
    with open(path, "x", encoding="ascii", opener=_private) as file:
        file.write(text)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _nginx_conf(folder: Path) -> str:
    """Returns what Debian's own nginx.conf has around ours, in a folder."""
    temporary = folder / "temporary"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"    {kind}_temp_path {temporary};\n" for kind in kinds)
    user = "user root root;\n" if not os.getuid() else ""
    return (
        f"{user}daemon off;\nworker_processes 2;\nworker_rlimit_nofile 16384;\n"
        f"pid {folder}/nginx.pid;\nerror_log stderr error;\n"
        "events {\n    worker_connections 8192;\n}\n"
        f"http {{\n    default_type application/octet-stream;\n    access_log off;\n{paths}"
        "    include zhaohui.conf;\n}\n"
    )
