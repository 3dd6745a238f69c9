"""Files and rows are compared by hash."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from tests.factories import make_pending_file

pytestmark = pytest.mark.django_db


def test_a_missing_file_is_named_and_fails_the_check(requester, capsys):
    kept, lost = make_pending_file(requester), make_pending_file(requester)
    default_storage.delete(lost.path)

    with pytest.raises(CommandError, match=f"^missing: {lost.path}$"):
        call_command("check_attachments")

    assert "2 attachments checked" in capsys.readouterr().out
    assert default_storage.exists(kept.path)


def test_a_damaged_file_is_named(requester):
    file = make_pending_file(requester)
    default_storage.delete(file.path)
    with default_storage.open(file.path, "w") as stored:
        stored.write("something else")

    with pytest.raises(CommandError, match="damaged"):
        call_command("check_attachments")
