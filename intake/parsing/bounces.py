"""Delivery reports of mail servers, in the standard form and in those of Exim and qmail."""

from .headers import identifier, plain, raw, usable_address, words
from .incoming import Bounce, Failure

_DAEMONS = ("mailer-daemon@", "postmaster@", "mail-daemon@")
_SUBJECTS = (
    *("undeliverable", "undelivered mail", "mail delivery failed", "failure notice"),
    *("delivery status notification", "returned mail", "mail delivery failure", "delayed mail"),
    *("mail delivery subsystem", "warning: message", "delivery failure", "نامه تحویل داده نشد"),
)
_QMAIL = "this is the qmail-send program at"
_LONGEST_REASON = 300
_MOST_FAILURES = 50


def bounce_of(message, sender, subject, texts):
    """The delivery report that a mail is, or None."""
    report = _status_parts(message)
    if report is not None:
        return _of_report(report, message)
    text = "\n".join(texts)[:100_000]
    failed = plain(message, "x-failed-recipients")
    is_from_daemon = sender.startswith(_DAEMONS) or not sender
    if _QMAIL in text[:2000].lower():
        return _of_qmail(text)
    if failed or (is_from_daemon and subject.strip().lower().startswith(_SUBJECTS)):
        return _of_text(failed, subject, text, message)
    return None


def _status_parts(message):
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            return part.get_payload()
    return None


def _of_report(blocks, message):
    failures, is_delay = [], False
    for block in blocks[: _MOST_FAILURES + 1]:
        recipient = _address(block, "original-recipient") or _address(block, "final-recipient")
        action = plain(block, "action")
        is_delay = is_delay or action == "delayed"
        if not recipient or action not in {"failed", "delayed"}:
            continue
        status = plain(block, "status").partition(" ")[0][:12]
        code = words(next(iter(raw(block, "diagnostic-code")), ""))
        reason = code.partition(";")[2] if ";" in code[:20] else code
        is_permanent = action == "failed" and not status.startswith("4")
        failures.append(Failure(recipient, is_permanent, status, _short(reason)))
    return Bounce(tuple(failures), _original_id(message), is_delay and not _finally(failures))


def _finally(failures):
    return any(each.is_permanent for each in failures)


def _address(block, name):
    """The address of "rfc822; someone@example.com"."""
    value = next(iter(raw(block, name)), "")
    return usable_address(value.partition(";")[2] if ";" in value else value)


def _of_qmail(text):
    """Paragraphs "<address>:" with the reason below; then a copy of the mail."""
    failures = []
    report, _mark, copy = text.partition("--- Below this line is a copy of the message")
    lines = report.split("\n")
    for index, line in enumerate(lines):
        if line.startswith("<") and line.rstrip().endswith(">:"):
            reason = []
            for each in lines[index + 1 : index + 10]:
                if not each.strip():
                    break
                reason.append(each.strip())
            recipient = usable_address(line.strip().rstrip(":"))
            failures.append(Failure(recipient, is_permanent=True, reason=_short(" ".join(reason))))
    return Bounce(tuple(failures[:_MOST_FAILURES]), _id_in(copy))


def _of_text(failed, subject, text, message):
    """A report in words, as Exim's: the addresses are in a header, the reason below each."""
    recipients = [usable_address(each) for each in failed.split(",")]
    is_delay = "delayed" in subject.lower() or "warning" in subject.lower()
    lines = [line.strip() for line in text.split("\n")]
    if not any(recipients):
        recipients = [address for line in lines[:200] if (address := usable_address(line))]
    failures = [
        Failure(each, not is_delay, reason=_reason_below(lines, each))
        for each in recipients[:_MOST_FAILURES]
        if each
    ]
    return Bounce(tuple(failures), _original_id(message) or _id_in(text), is_delay)


def _reason_below(lines, recipient):
    for index, line in enumerate(lines):
        if usable_address(line) == recipient:
            below = []
            for each in lines[index + 1 : index + 8]:
                if not each:
                    break
                below.append(each)
            return _short(" ".join(below))
    return ""


def _original_id(message):
    """The Message-ID of the returned mail, or of its returned header."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            return identifier(next(iter(raw(part.get_payload(0), "message-id")), ""))
        if kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            found = part.get_payload(decode=True) or b""
            return _id_in(found[:100_000].decode("utf-8", "replace"))
    return ""


def _id_in(text):
    for line in text.split("\n"):
        if line[:11].lower() == "message-id:":
            return identifier(line[11:])
    return ""


def _short(reason):
    return " ".join(reason.split())[:_LONGEST_REASON]
