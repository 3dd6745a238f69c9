"""`manage.py export_organization`: what is in the archive, and what is not."""

import hashlib
import json
import zipfile
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_closed, make_content, make_pending_file, make_ticket
from tickets import services

pytestmark = pytest.mark.django_db


def export(tmp_path, *options, key="pars", name="out.zip"):
    """The archive's files by name, and what was printed."""
    err = StringIO()
    call_command("export_organization", key, str(tmp_path / name), *options, stderr=err)
    with zipfile.ZipFile(tmp_path / name) as archive:
        assert archive.testzip() is None
        files = {each: archive.read(each) for each in archive.namelist()}
    return files, err.getvalue()


def test_it_holds_people_tickets_clocks_and_files(tmp_path, requester, agent):
    file = make_pending_file(requester, content=b"one line\n")
    ticket = make_ticket(requester, title="Disk", description="Full", files=(file,))
    services.reply_as_agent(ticket, actor=agent, content=make_content("Larger now"), now=NOW)

    files, printed = export(tmp_path)

    assert json.loads(files["organization.json"])["members"][0]["email"] == "sara@pars.example"
    found = json.loads(files[f"tickets/{ticket.number}.json"])
    assert [each["body"] for each in found["messages"]] == ["Full", "Larger now"]
    assert [each["kind"] for each in found["history"]] == ["opened", "agent_replied"]
    attached = found["messages"][0]["files"][0]
    assert files[attached["path"]] == b"one line\n"
    assert attached["sha256"] == hashlib.sha256(b"one line\n").hexdigest()
    clock = found["clocks"][0]
    assert (clock["state"], clock["target_seconds"]) == ("met", 24 * 3600)
    assert clock["counted"][0]["from"] == NOW.isoformat()
    assert json.loads(files["manifest.json"])["tickets"] == 1
    assert "1 tickets, 1 files" in printed


def test_faults_that_monitoring_reported_are_in_it(tmp_path, requester, organization):
    report = services.AlertReport("Zabbix", "disk", True, "Disk is full", "97 %")
    for _each in range(3):
        _outcome, ticket = services.receive_alert(
            report, actor=requester, organization=organization, now=NOW
        )

    files, _printed = export(tmp_path)

    [alert] = json.loads(files[f"tickets/{ticket.number}.json"])["alerts"]
    assert (alert["source"], alert["fingerprint"], alert["times"]) == ("Zabbix", "disk", 3)


def test_internal_facts_are_in_it_only_on_demand(tmp_path, requester, agent, second_agent):
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=NOW)
    file = make_pending_file(second_agent, name="secret.txt", content=b"secret\n")
    note = make_content("Between us", files=(file,))
    services.add_note(ticket, actor=second_agent, content=note, now=NOW)

    public, _printed = export(tmp_path)
    whole, _printed = export(tmp_path, "--with-notes", name="whole.zip")

    everything = b"".join(public.values()).decode()
    for internal in ("Between us", "secret", agent.name, second_agent.name, "noted", "assignee"):
        assert internal not in everything
    found = json.loads(whole[f"tickets/{ticket.number}.json"])
    assert found["messages"][1]["body"] == "Between us"
    assert found["assignee"]["name"] == agent.name
    assert whole[f"files/{file.pk}"] == b"secret\n"


def test_nothing_of_another_organization_is_in_it(tmp_path, requester, outsider):
    make_ticket(requester)
    other = make_ticket(outsider, title="Somebody else's")

    files, _printed = export(tmp_path)

    assert f"tickets/{other.number}.json" not in files
    assert "Somebody else" not in b"".join(files.values()).decode()


def test_a_missing_file_is_named_and_does_not_stop_it(tmp_path, requester):
    file = make_pending_file(requester)
    make_ticket(requester, files=(file,))
    default_storage.delete(file.path)

    files, printed = export(tmp_path)

    assert json.loads(files["manifest.json"])["missing"] == [f"files/{file.pk}"]
    assert f"missing: files/{file.pk}" in printed


def test_it_overwrites_nothing_and_leaves_nothing_half_done(tmp_path, requester, monkeypatch):
    make_ticket(requester)
    export(tmp_path)
    with pytest.raises(CommandError, match="there already"):
        export(tmp_path)
    with pytest.raises(CommandError, match="no organization"):
        export(tmp_path, key="nobody")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("moving.exporting.Export._add", full)
    with pytest.raises(CommandError, match="No space left"):
        export(tmp_path, name="second.zip")

    assert [each.name for each in tmp_path.iterdir()] == ["out.zip"]


def test_statements_do_not_grow_with_the_tickets(tmp_path, requester, agent):
    def count(name):
        with CaptureQueriesContext(connection) as queries:
            export(tmp_path, name=name)
        return len(queries)

    make_closed(requester, agent)
    few = count("few.zip")
    for _number in range(10):
        make_closed(requester, agent)

    assert count("many.zip") == few
