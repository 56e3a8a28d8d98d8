"""nginx answering a constant: what this machine's kernel, loopback and load generator allow at most."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from processes import LOOPBACK, BenchError, Server, children, free_port

CONFIGURATION = """\
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
daemon off;
{user}
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type application/json;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen {address} reuseport;
    location = /patient {{ return 201 '{document}'; }}
    location = /patient/search {{ return 200 '[{document}]'; }}
    location = /v1/traces {{ return 200; }}
    location / {{ return 200 '{document}'; }}
  }}
}}
"""


class Nginx(Server):
    name = "nginx"

    def __init__(self, folder: Path, document: str):
        """`document` is the constant that it answers: a patient as Assay writes it."""
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if program is None:
            raise BenchError("nginx is not installed")
        if any(character in document for character in "'$\\"):
            raise BenchError("the constant document has characters that nginx would interpret")
        folder.mkdir()
        port = free_port()
        configuration = folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(folder=folder, user=user, address=f"{LOOPBACK}:{port}", document=document)
        configuration.write_text(text, encoding="utf-8")
        super().__init__([program, "-p", str(folder), "-c", str(configuration)], folder / "output", port)
        self.wait_until_open()

    def pids(self) -> list[int]:
        return [self.process.pid, *children(self.process.pid)]
