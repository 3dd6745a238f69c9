"""Mails that programs send, mails in odd encodings, and mails that are broken."""

from .corpus_cases import (
    EN,
    FA,
    PNG,
    US,
    case,
    head,
    inner,
    part,
    plain,
    rich,
    several,
    word,
)

SENT_ID = "notification-7-1777700000@help.example"
RETURNED = f"From: support@help.example\nTo: nima@pars.example\nMessage-ID: <{SENT_ID}>\nSubject: x\n\nText"
DAEMON = "MAILER-DAEMON@mx.pars.example (Mail Delivery System)"


def report(name, words, status, *, sender=DAEMON, subject, headers_only=False, more=(), **expected):
    """A delivery report in the standard form."""
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    returned = RETURNED.partition("\n\n")[0] + "\n" if headers_only else RETURNED
    parts = [
        f"Content-Type: text/plain; charset=us-ascii\n\n{words}",
        f"Content-Type: message/delivery-status\n\n{status}",
        f"Content-Type: {kind}\n\n{returned}",
    ]
    content = several(
        "report",
        *parts,
        options="; report-type=delivery-status",
        sender=sender,
        subject=subject,
        more=("Return-Path: <>", *more),
    )
    case(name, content, kind="bounce", original_id=SENT_ID, text_has=[], any_text=True, **expected)


def failure(reason, *, status="5.1.1", permanent=True):
    return [
        {
            "recipient": "nima@pars.example",
            "is_permanent": permanent,
            "status": status,
            "reason": reason,
        }
    ]


def bounces():
    reason = "550 5.1.1 <nima@pars.example>: Recipient address rejected: User unknown"
    report(
        "bounce-postfix",
        "This is the mail system at host mx.pars.example.",
        "Reporting-MTA: dns; mx.pars.example\n\nFinal-Recipient: rfc822; nima@pars.example\n"
        f"Original-Recipient: rfc822;nima@pars.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {reason}\n",
        subject="Undelivered Mail Returned to Sender",
        more=("Auto-Submitted: auto-replied",),
        failures=failure(reason),
    )
    report(
        "bounce-postfix-delayed",
        "THIS IS A WARNING ONLY.",
        "Reporting-MTA: dns; mx.pars.example\n\nFinal-Recipient: rfc822; nima@pars.example\nAction: delayed\n"
        "Status: 4.4.1\nDiagnostic-Code: smtp; connect timed out\n",
        subject="Delayed Mail (still being retried)",
        failures=failure("connect timed out", status="4.4.1", permanent=False),
        is_delay=True,
    )
    report(
        "bounce-exchange",
        "Delivery has failed to these recipients or groups:",
        "Reporting-MTA: dns;EX01.pars.example\n\nFinal-recipient: RFC822;\n nima@pars.example\nAction: failed\n"
        "Status: 5.7.1\nDiagnostic-Code: smtp;550 5.7.1 RESOLVER.RST.AuthRequired\n",
        sender="Microsoft Outlook <postmaster@pars.example>",
        subject="Undeliverable: [KT-103] Server is down",
        failures=failure("550 5.7.1 RESOLVER.RST.AuthRequired", status="5.7.1"),
    )
    reason = "550-5.1.1 The email account that you tried to reach does not exist."
    report(
        "bounce-gmail",
        "** Address not found **",
        "Reporting-MTA: dns; googlemail.com\n\nFinal-Recipient: rfc822; nima@pars.example\nAction: failed\n"
        f"Status: 5.1.1\nDiagnostic-Code: smtp; {reason}\n",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)",
        more=("X-Failed-Recipients: nima@pars.example", "Auto-Submitted: auto-replied"),
        failures=failure(reason),
    )
    report(
        "bounce-sendmail-full",
        "   ----- The following addresses had permanent fatal errors -----",
        "Reporting-MTA: dns; mail.pars.example\n\nFinal-Recipient: RFC822; nima@pars.example\nAction: failed\n"
        "Status: 4.2.2\nDiagnostic-Code: SMTP; 452 4.2.2 Over quota\n",
        subject="Returned mail: see transcript for details",
        headers_only=True,
        failures=failure("452 4.2.2 Over quota", status="4.2.2", permanent=False),
    )
    exim = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        "  nima@pars.example\n    host mx.pars.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:\n"
        f"    550 no such user\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <{SENT_ID}>\n\nText"
    )
    reason = "host mx.pars.example [192.0.2.7] SMTP error from remote mail server after RCPT TO: 550 no such user"
    daemon = "Mail Delivery System <Mailer-Daemon@mx.pars.example>"
    case(
        "bounce-exim",
        plain(
            exim,
            "Return-Path: <>",
            "X-Failed-Recipients: nima@pars.example",
            "Auto-Submitted: auto-replied",
            sender=daemon,
            subject="Mail delivery failed: returning message to sender",
        ),
        kind="bounce",
        any_text=True,
        original_id=SENT_ID,
        failures=failure(reason, status=""),
    )
    case(
        "bounce-exim-warning",
        plain(
            exim,
            "Return-Path: <>",
            "X-Failed-Recipients: nima@pars.example",
            sender=daemon,
            subject="Warning: message 1abc delayed 24 hours",
        ),
        kind="bounce",
        any_text=True,
        original_id=SENT_ID,
        is_delay=True,
        failures=failure(reason, status="", permanent=False),
    )
    qmail = (
        "Hi. This is the qmail-send program at mx.pars.example.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\n\n<nima@pars.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        f"--- Below this line is a copy of the message.\n\nReturn-Path: <support@help.example>\nMessage-ID: <{SENT_ID}>\n\nText"
    )
    case(
        "bounce-qmail",
        plain(
            qmail,
            "Return-Path: <>",
            sender="MAILER-DAEMON@mx.pars.example",
            subject="failure notice",
        ),
        kind="bounce",
        any_text=True,
        original_id=SENT_ID,
        failures=failure("Sorry, no mailbox here by that name. (#5.1.1)", status=""),
    )
    case(
        "bounce-without-details",
        plain(
            "Your mail was not delivered.",
            "Return-Path: <>",
            sender=daemon,
            subject="Undeliverable: x",
        ),
        kind="bounce",
        any_text=True,
        original_id="",
        failures=[],
    )


def robots():
    case(
        "vacation-exchange",
        plain(
            "I am away.",
            "Auto-Submitted: auto-replied",
            "X-Auto-Response-Suppress: All",
            subject="Automatic reply: [KT-103]",
        ),
        kind="automatic",
        text="I am away.",
    )
    case(
        "vacation-gmail",
        plain("I am away.", "Precedence: bulk", "X-Autoreply: yes"),
        kind="automatic",
        text="I am away.",
    )
    case(
        "vacation-sieve-fa",
        plain(
            "در سفر هستم.", "Auto-Submitted: auto-replied (vacation)", subject="پاسخ خودکار: سفر"
        ),
        kind="automatic",
        text="در سفر هستم.",
    )
    case(
        "vacation-by-subject-only",
        plain("Back on Monday.", subject="Out of Office: on leave"),
        kind="automatic",
        text="Back on Monday.",
    )
    case(
        "vacation-by-precedence",
        plain("Thanks for your mail.", "Precedence: auto_reply"),
        kind="automatic",
        text="Thanks for your mail.",
    )
    case(
        "vacation-without-return-path",
        plain("Away.", "Return-Path: <>"),
        kind="automatic",
        text="Away.",
    )
    case(
        "ticket-system-of-somebody",
        plain("We got your mail.", "Auto-Submitted: auto-generated", "X-Autorespond: x"),
        kind="automatic",
        text="We got your mail.",
    )
    receipt = inner(
        "report",
        part("Your message was read.", "text/plain"),
        "Content-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n",
        options="; report-type=disposition-notification",
    )
    case(
        "receipt-of-reading",
        head().rstrip("\n") + "\n" + receipt,
        kind="automatic",
        any_text=True,
        any_files=True,
    )
    case(
        "auto-submitted-no-is-a-person",
        plain(EN, "Auto-Submitted: no", "Return-Path: <sara@pars.example>"),
        text=EN,
    )
    case(
        "list-mailman",
        plain(
            EN,
            "List-Id: <ops.pars.example>",
            "List-Post: <mailto:ops@pars.example>",
            "Precedence: list",
        ),
        kind="list",
        text=EN,
    )
    case(
        "list-newsletter",
        rich("<p>Buy now</p>", "List-Unsubscribe: <https://shop.example/u>"),
        kind="list",
        text="Buy now",
    )
    case(
        "own-notification-that-came-back",
        head(sender="Helpdesk <support@help.example>").replace("m1@pars", "notification-7-1@help")
        + f"\n{EN}",
        kind="own",
        text=EN,
    )
    case("own-from-a-signed-address", plain(EN, sender=f"<{US}>"), kind="own", text=EN)


def encoded():
    case("windows-1256-declared", plain(FA_1256, charset="windows-1256"), text=FA_1256)
    case(
        "windows-1256-claims-latin",
        plain(FA_1256, charset="windows-1256").replace(
            "charset=windows-1256", "charset=iso-8859-1"
        ),
        text=FA_1256,
    )
    case(
        "windows-1256-claims-nothing",
        head().encode() + b"\n" + FA_1256.encode("cp1256"),
        text=FA_1256,
    )
    case(
        "utf-8-claims-windows-1256",
        plain(FA).replace("charset=utf-8", "charset=windows-1256"),
        text=FA,
    )
    case("utf-8-claims-ascii", plain(FA).replace("charset=utf-8", "charset=us-ascii"), text=FA)
    case(
        "utf-8-eight-bit",
        head("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit").encode()
        + f"\n{FA}\n".encode(),
        text=FA,
    )
    case("utf-16-with-mark", plain("سلام", charset="utf-16"), text="سلام")
    case("latin-1", plain("Café déjà vu", charset="iso-8859-1"), text="Café déjà vu")
    case("unknown-charset", plain(FA).replace("charset=utf-8", "charset=x-klingon"), text=FA)
    case(
        "subject-in-two-words-cut-in-a-letter",
        plain(EN, "X: y").replace(
            "Subject: Re: [KT-103] Server is down",
            "Subject: =?utf-8?B?2LPZhNin?=\n =?utf-8?B?2YUg2A==?=\n =?utf-8?B?s9ix2YjYsQ==?=",
        ),
        text=EN,
        subject="سلام سرور",
    )
    case(
        "subject-bare-windows-1256",
        f"From: sara@pars.example\nTo: {US}\nSubject: ".encode()
        + "سلام سرور".encode("cp1256")
        + b"\n\nHi\n",
        text="Hi",
        subject="سلام سرور",
    )
    case(
        "sender-in-encoded-words",
        plain(EN, sender=f"{word('سارا احمدی')} <Sara@PARS.example>"),
        text=EN,
        sender="sara@pars.example",
        sender_name="سارا احمدی",
    )
    case(
        "name-by-rfc-2231",
        several(
            "mixed",
            part(EN, "text/plain"),
            part(
                b"a,b\n",
                "text/csv",
                "Content-Disposition: attachment;\n filename*0*=utf-8''%DA%AF%D8%B2;\n filename*1*=%D8%A7%D8%B1%D8%B4.csv",
            ),
        ),
        text=EN,
        files=["گزارش.csv"],
    )
    case(
        "name-with-a-path",
        several(
            "mixed",
            part(EN, "text/plain"),
            part(
                b"x",
                "application/octet-stream",
                'Content-Disposition: attachment; filename="..\\\\..\\\\etc/passwd.txt"',
            ),
        ),
        text=EN,
        files=["passwd.txt"],
    )


FA_1256 = "سلام، هنوز مشكل پا برجا است."


def special():
    seal = part(
        b"\x30\x82",
        'application/pkcs7-signature; name="smime.p7s"',
        'Content-Disposition: attachment; filename="smime.p7s"',
    )
    case(
        "smime-signed",
        several(
            "signed",
            part(EN, "text/plain"),
            seal,
            options='; protocol="application/pkcs7-signature"; micalg=sha-256',
        ),
        text=EN,
    )
    case(
        "smime-encrypted",
        head(
            'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
            "Content-Transfer-Encoding: base64",
        )
        + "\nMIIB\n",
        problem="encrypted",
        text="",
    )
    case(
        "pgp-encrypted",
        several(
            "encrypted",
            part("Version: 1", "application/pgp-encrypted"),
            part("-----BEGIN PGP MESSAGE-----", "application/octet-stream"),
            options='; protocol="application/pgp-encrypted"',
        ),
        problem="encrypted",
        text="",
    )
    case(
        "pgp-signed",
        several("signed", part(EN, "text/plain"), part("x", "application/pgp-signature")),
        text=EN,
    )
    event = part(
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n",
        "text/calendar; charset=utf-8; method=REQUEST",
    )
    case(
        "calendar-invitation",
        several(
            "alternative",
            part("Review on Monday", "text/plain"),
            part("<p>Review on Monday</p>", "text/html"),
            event,
        ),
        text="Review on Monday",
        files=["text-1.ics"],
    )
    mail = "Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: Disk\n\nThe disk is full."
    case(
        "mail-inside-a-mail",
        several("mixed", part("See this.", "text/plain"), mail),
        text="See this.",
        quoted_has=["x@y.example", "The disk is full."],
    )
    case(
        "mail-inside-an-empty-mail",
        several("mixed", mail),
        text_has=["x@y.example", "The disk is full."],
    )
    case(
        "html-with-scripts",
        rich(
            '<p onclick="x()">Hi</p><script>alert(1)</script><style>p{}</style>'
            '<img src="https://spy.example/p.gif"><a href="javascript:alert(1)">click</a><iframe src="//e.example">f</iframe>'
        ),
        text="Hi\n\nclick",
    )
    case(
        "html-list-table-link",
        rich(
            "<ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table>"
            '<a href="https://status.example/x">status</a>'
        ),
        text="- one\n- two\na b\nstatus (https://status.example/x)",
    )
    case(
        "html-without-end",
        rich("<div><p>Hi <b>there <blockquote>old"),
        text="Hi there",
        quoted="> old",
    )
    case(
        "date-in-1970",
        plain(EN).replace("Sat, 2 May 2026 09:00:00 +0330", "Thu, 1 Jan 1970 00:00:00 +0000"),
        text=EN,
        sent_at=None,
    )
    case(
        "date-of-nonsense",
        plain(EN).replace("Sat, 2 May 2026 09:00:00 +0330", "yesterday, 25:99"),
        text=EN,
        sent_at=None,
    )
    case(
        "subject-of-2000-characters",
        plain(EN).replace(
            "Subject: Re: [KT-103] Server is down", "Subject: " + "\n ".join(["word" * 25] * 20)
        ),
        text=EN,
        subject=" ".join(["word" * 25] * 20)[:300],
    )
    case(
        "subject-that-adds-a-header",
        plain(EN).replace(
            "Subject: Re: [KT-103] Server is down",
            "Subject: =?utf-8?Q?Hi=0D=0ABcc=3A_x=40y.example?=",
        ),
        text=EN,
        subject="Hi Bcc: x@y.example",
    )
    case("empty", b"", problem="empty", text="", sender="", subject="", sent_at=None)
    case("header-only", head(), problem="empty", text="")
    case(
        "bytes-of-no-mail",
        bytes(range(256)) * 4,
        any_text=True,
        sender="",
        subject="",
        sent_at=None,
    )
    case(
        "boundary-that-never-comes",
        head('Content-Type: multipart/mixed; boundary="zzz"') + f"\n{EN}\n",
        text=EN,
    )
    case("container-without-boundary", head("Content-Type: multipart/mixed") + f"\n{EN}\n", text=EN)
    case(
        "base64-that-is-cut",
        head("Content-Type: text/plain", "Content-Transfer-Encoding: base64")
        + "\nSGVsbG8gdGhlcmU\n",
        text="Hello there",
    )
    case("nul-and-control-characters", plain("a\x00b\x1b[31mc\u202e"), text="ab[31mc\u202e")
    case(
        "only-a-picture",
        several(
            "mixed", part(PNG, "image/png", 'Content-Disposition: attachment; filename="a.png"')
        ),
        text="",
        files=["a.png"],
    )
    case(
        "forty-files",
        several(
            "mixed",
            part(EN, "text/plain"),
            *(
                part(b"x", "text/plain", f'Content-Disposition: attachment; filename="{n}.txt"')
                for n in range(40)
            ),
        ),
        text=EN,
        files=[f"{n}.txt" for n in range(40)],
    )
    case(
        "ten-thousand-lines",
        plain("\n".join(f"line {n}" for n in range(10_000))),
        text_has=["line 0\n", "line 9999"],
    )
    case(
        "six-hundred-parts", several("mixed", *["\nx"] * 600), problem="too_complex", any_text=True
    )
    case(
        "containers-in-containers",
        head().rstrip("\n")
        + "\n"
        + "".join(f'Content-Type: multipart/mixed; boundary="n{n}"\n\n--n{n}\n' for n in range(80))
        + f"\n{EN}",
        problem="too_complex",
        text="",
    )


def add():
    for each in (bounces, robots, encoded, special):
        each()
