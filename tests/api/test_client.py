"""A client that a generator makes of the contract: it is complete, and what it sends works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.reference import DOCUMENT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
USE = """
import io, os
from desk_client import AuthenticatedClient
from desk_client.api.actions import close, reply
from desk_client.api.conversation import list_messages, upload_attachment
from desk_client.api.organizations import me
from desk_client.api.tickets import list_tickets, open_ticket
from desk_client.models import NewTicket, NewTicketCategory, Nothing, Problem, Reply
from desk_client.models import UploadAttachmentFileParams as Upload
from desk_client.types import File

client = AuthenticatedClient(os.environ["URL"], token=os.environ["KEY"])
assert me.sync(client=client).key == "Zabbix"
new = NewTicket(title="Disk", description="97 %", category=NewTicketCategory.TECHNICAL)
made = open_ticket.sync(client=client, body=new, idempotency_key="a-1")
again = open_ticket.sync(client=client, body=new, idempotency_key="a-1")
assert made.number == again.number
file = Upload(file=File(io.BytesIO(b"one line\\n"), "app.log", "text/plain"))
stored = upload_attachment.sync(client=client, body=file)
answer = reply.sync(made.number, client=client, body=Reply("Log", attachments=[stored.id]))
assert answer.status == "awaiting_response"
found = list_messages.sync(made.number, client=client, limit=10)
assert [len(each.attachments) for each in found.items] == [0, 1]
assert [each.number for each in list_tickets.sync(client=client, status="open").items]
assert close.sync(made.number, client=client, body=Nothing()).status == "closed"
refused = close.sync("KT-999999", client=client, body=Nothing())
assert isinstance(refused, Problem) and refused.code == "not_found"
"""


def test_a_client_is_generated_and_works(live_server, make_key, requester, tmp_path):
    _key, secret = make_key(requester)
    scripts = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "no_proxy": "*",
        "URL": live_server.url,
        "KEY": secret,
        "PYTHONPATH": str(tmp_path),
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
    }
    how = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}

    made = subprocess.run(
        [
            *(f"{scripts}/openapi-python-client", "generate", "--path", str(DOCUMENT)),
            *("--output-path", str(tmp_path / "desk_client"), "--meta", "none"),
        ],
        timeout=60,
        **how,
    )
    used = subprocess.run([sys.executable, "-c", USE], timeout=60, **how)

    assert made.returncode == 0
    assert "WARNING" not in made.stdout + made.stderr, made.stdout
    assert used.returncode == 0, used.stderr
