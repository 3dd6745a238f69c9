"""The JSON of a request, read strictly: what is ambiguous or cannot be stored is refused."""

import hashlib
import json

from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from django.utils.translation import gettext as _

from .errors import Problem

JSON, FORM = "application/json", "multipart/form-data"
UTF_8 = {"utf-8", "utf8"}
MOST_DEPTH = 20


def read_json(request):
    """The object of the body. Raises Problem 400 or 422."""
    try:
        found = json.loads(
            body_of(request).decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        raise Problem(400, "malformed", _("The body is not valid JSON.")) from None
    if not isinstance(found, dict):
        raise Problem(422, "wrong_type", _("The body must be a JSON object."))
    _check_texts(found, "")
    return found


def _once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem(400, "duplicate_key", _("A name appears twice in one object of the body."))
    return found


def _no_number(name):
    raise ValueError(name)


def _check_texts(value, pointer, depth=0):
    """Refuse what no text may hold: NUL, and halves of surrogate pairs."""
    if depth > MOST_DEPTH:
        raise Problem(400, "malformed", _("The body is not valid JSON."))
    if isinstance(value, dict):
        for name, each in value.items():
            _check_texts(name, f"{pointer}/{name[:40]}", depth + 1)
            _check_texts(each, f"{pointer}/{name[:40]}", depth + 1)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            _check_texts(each, f"{pointer}/{place}", depth + 1)
    elif isinstance(value, str) and ("\0" in value or not is_storable(value)):
        sentence = _("The text contains characters that cannot be stored.")
        shown = pointer.encode("utf-8", "replace").decode().replace("\0", "")
        raise Problem(422, "invalid", sentence, errors=[(shown, "characters", sentence)])


def is_storable(text):
    """Whether the text has no half of a surrogate pair."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def check_content_type(request, *, takes_file):
    """Refuse a body of another kind than the endpoint takes: of another type, in another character
    set than UTF-8, or compressed. Raises Problem 415."""
    has_body = request.META.get("CONTENT_LENGTH") not in {None, "", "0"}
    wanted = FORM if takes_file else JSON
    charset = request.content_params.get("charset", "utf-8").strip('"').lower()
    coding = request.headers.get("Content-Encoding", "identity").lower()
    is_wanted = request.content_type == wanted and charset in UTF_8 and coding == "identity"
    if has_body and not is_wanted:
        sentence = _("Send the body as %(type)s.") % {"type": wanted}
        raise Problem(415, "content_type", sentence)


def digest_of(request):
    """What the request asks for, in short: method, address, and content; a file by its bytes.

    Raises OSError for a file for which the disk had no room.
    """
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == FORM:
        for name, file in sorted(request.FILES.items()):
            found.update(f"{name} {file.name}\n".encode())
            for chunk in file.chunks():
                found.update(chunk)
            file.seek(0)
    else:
        found.update(body_of(request))
    return found.hexdigest()


def body_of(request):
    """The bytes of the body. Raises Problem for more than a request may be, and for what broke off
    on the way."""
    try:
        return request.body
    except RequestDataTooBig:
        sentence = _("The body is larger than any request may be.")
        raise Problem(413, "too_large", sentence) from None
    except UnreadablePostError:
        raise Problem(400, "malformed", _("The request was cut off.")) from None
