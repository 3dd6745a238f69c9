"""Delivery reports of servers, about a mail that was sent to one address."""


def report_of(
    return_path,
    recipient,
    *,
    action="failed",
    status="5.1.1",
    text="550 5.1.1 User unknown",
    message_id="report-1@mx.pars.example",
):
    """A report in the standard form (RFC 3464), as bytes."""
    return (
        "Return-Path: <>\n"
        "From: MAILER-DAEMON@mx.pars.example (Mail Delivery System)\n"
        f"To: {return_path}\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <{message_id}>\n"
        "Auto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is the mail system.\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.pars.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {text}\n"
        "--b\nContent-Type: text/rfc822-headers\n\nSubject: x\n"
        "--b--\n"
    ).encode()
