"""Mails of people, as the mail programs that they use write them."""

from .corpus_cases import (
    EN,
    FA,
    OURS_EN,
    OURS_FA,
    PNG,
    both,
    case,
    head,
    inner,
    marked,
    paragraphs,
    part,
    plain,
    rich,
    several,
)

GMAIL_EN = "On Sat, May 2, 2026 at 8:50 AM Helpdesk <support@help.example> wrote:"
GMAIL_FA = "در تاریخ شنبه ۲ مهٔ ۲۰۲۶،\u200f ۸:۵۰ Helpdesk <support@help.example> نوشت:"
OUTLOOK_EN = (
    "From: Helpdesk <support@help.example>\nSent: Saturday, May 2, 2026 8:50 AM\n"
    "To: Sara Ahmadi <sara@pars.example>\nSubject: [KT-103] Server is down"
)
OUTLOOK_FA = (
    "از: Helpdesk <support@help.example>\nارسال‌شده: شنبه, ۲ مه ۲۰۲۶ ۸:۵۰ ق.ظ\n"
    "به: سارا احمدی <sara@pars.example>\nموضوع: [KT-103] سرور پاسخ نمی‌دهد"
)
RULE = "_" * 32


def gmail():
    for language, words, ours, line in (
        ("en", EN, OURS_EN, GMAIL_EN),
        ("fa", FA, OURS_FA, GMAIL_FA),
    ):
        quote = f"{line}\n\n{marked(ours)}"
        html = (
            f'<div dir="rtl">{paragraphs(words)}</div><br><div class="gmail_quote">'
            f'<div class="gmail_attr">{line}<br></div><blockquote class="gmail_quote">'
            f"{paragraphs(ours)}</blockquote></div>"
        )
        case(f"gmail-{language}", both(f"{words}\n\n{quote}\n", html), text=words, quoted=quote)
        case(
            f"gmail-{language}-html-only",
            rich(html),
            text_has=[words.split("\n")[0]],
            quoted_has=[ours.split("\n")[1]],
        )
    wrapped = "On Sat, May 2, 2026 at 8:50 AM A Very Long Name Of The Helpdesk\n<support@help.example> wrote:"
    case(
        "gmail-introduction-on-two-lines",
        plain(f"{EN}\n\n{wrapped}\n\n{marked(OURS_EN)}"),
        text=EN,
        quoted=f"{wrapped}\n\n{marked(OURS_EN)}",
    )
    wrapped = "در تاریخ شنبه ۲ مهٔ ۲۰۲۶،\u200f ۸:۵۰ میز پشتیبانی شرکت\n<support@help.example>\nنوشت:"
    case(
        "gmail-fa-introduction-on-three-lines",
        plain(f"{FA}\n\n{wrapped}\n\n{marked(OURS_FA)}"),
        text=FA,
        quoted=f"{wrapped}\n\n{marked(OURS_FA)}",
    )
    case(
        "gmail-fa-marks-of-direction",
        plain(f"{FA}\n\n\u202b{GMAIL_FA}\u202c\n\n\u202b> نقل\u202c\n"),
        text=FA,
        quoted=f"\u202b{GMAIL_FA}\u202c\n\n\u202b> نقل\u202c",
    )
    html = (
        '<div>متن</div><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        '<div class="gmail_signature">سارا احمدی<br>شرکت پارس</div>'
    )
    case("gmail-signature-html-only", rich(html), text="متن", signature="سارا احمدی\nشرکت پارس")
    image = part(
        PNG,
        'image/png; name="screen.png"',
        'Content-Disposition: inline; filename="screen.png"',
        "Content-ID: <ii_1>",
    )
    related = inner(
        "related",
        part('<p>ببینید:<img src="cid:ii_1" alt="screen.png"></p>', "text/html; charset=utf-8"),
        image,
        boundary="b3",
    )
    text = part("ببینید:\n[image: screen.png]", "text/plain; charset=utf-8")
    case(
        "gmail-inline-image",
        several(
            "related",
            inner("alternative", text, part("<p>ببینید:</p>", "text/html; charset=utf-8")),
            image,
        ),
        text="ببینید:\n[image: screen.png]",
        files=["screen.png"],
        inline=1,
    )
    case(
        "related-inside-alternative",
        several("alternative", text, related),
        text="ببینید:\n[image: screen.png]",
        files=["screen.png"],
        inline=1,
    )


def outlook():
    for language, words, ours, block in (
        ("en", EN, OURS_EN, OUTLOOK_EN),
        ("fa", FA, OURS_FA, OUTLOOK_FA),
    ):
        quote = f"{block}\n\n{ours}"
        text = f"{words}\n\n{RULE}\n{quote}\n"
        html = (
            "<html><head><style>p.MsoNormal{margin:0}</style></head><body>"
            f'{paragraphs(words)}<hr><div id="divRplyFwdMsg">'
            f"{block.replace('<', '&lt;').replace(chr(10), '<br>')}</div>{paragraphs(ours)}</body></html>"
        )
        case(f"outlook-{language}", both(text, html), text=words, quoted=f"{RULE}\n{quote}")
        case(
            f"outlook-{language}-html-only",
            rich(html),
            text_has=[words.split("\n")[0]],
            quoted_has=[ours.split("\n")[1], block.split("\n")[3]],
        )
    old = f"-----Original Message-----\n{OUTLOOK_EN}\n\n{OURS_EN}"
    case("outlook-original-message", plain(f"{EN}\n\n{old}"), text=EN, quoted=old)
    old = f"-----پیام اصلی-----\n{OUTLOOK_FA}\n\n{OURS_FA}"
    case("outlook-fa-original-message", plain(f"{FA}\n\n{old}"), text=FA, quoted=old)
    stars = OUTLOOK_EN.replace("From:", "*From:*").replace("Sent:", "*Sent:*")
    case(
        "outlook-facts-in-bold",
        plain(f"{EN}\n\n{stars}\n\n{OURS_EN}"),
        text=EN,
        quoted=f"{stars}\n\n{OURS_EN}",
    )
    case(
        "outlook-windows-1256",
        plain(f"{FA_1256}\n\n{RULE}\n{OUTLOOK_1256}\n\nسلام", charset="windows-1256"),
        text=FA_1256,
        quoted=f"{RULE}\n{OUTLOOK_1256}\n\nسلام",
    )
    case(
        "outlook-mobile",
        plain(
            f"{EN}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n{RULE}\n{OUTLOOK_EN}\n\n{OURS_EN}"
        ),
        text=EN,
        signature="Get Outlook for iOS<https://aka.ms/o0ukef>",
        quoted=f"{RULE}\n{OUTLOOK_EN}\n\n{OURS_EN}",
    )
    case(
        "outlook-html-with-entities",
        rich("<p>&#1587;&#1604;&#1575;&#1605;&nbsp;&nbsp;KT-103 &lt;b&gt;</p>"),
        text="سلام KT-103 <b>",
    )
    tnef = part(
        b"\x78\x9f\x3e\x22" + b"\x01" * 40,
        'application/ms-tnef; name="winmail.dat"',
        'Content-Disposition: attachment; filename="winmail.dat"',
    )
    case(
        "outlook-winmail-with-text",
        several("mixed", part(EN, "text/plain; charset=us-ascii"), tnef),
        text=EN,
        files=["winmail.dat"],
    )
    case(
        "outlook-winmail-alone",
        several("mixed", part(" \n", "text/plain"), tnef),
        problem="unreadable",
        text="",
        files=["winmail.dat"],
    )
    name = "=?utf-8?B?2q/Ystin2LHYtC5wZGY=?="
    pdf = part(
        b"%PDF-1.4 x",
        f'application/pdf; name="{name}"',
        f'Content-Disposition: attachment; filename="{name}"',
    )
    case(
        "outlook-name-in-encoded-words",
        several("mixed", part(FA, "text/plain; charset=utf-8"), pdf),
        text=FA,
        files=["گزارش.pdf"],
    )


FA_1256 = "هنوز مشكل پا برجا است."
OUTLOOK_1256 = (
    "از: Helpdesk <support@help.example>\nتاريخ: 2026/05/02\nبه: سارا\nموضوع: سرور".replace(
        "تاريخ", "تاریخ"
    ).replace("ی", "ي")
)


def apple():
    line = "On 2 May 2026, at 8:50 AM, Helpdesk <support@help.example> wrote:"
    case(
        "apple-mail-en",
        plain(f"{EN}\n\n> {line}\n> \n{marked(OURS_EN)}\n"),
        text=EN,
        quoted=f"> {line}\n>\n{marked(OURS_EN)}",
    )
    case(
        "apple-mail-introduction",
        plain(f"{EN}\n\n{line}\n\n{marked(OURS_EN)}\n"),
        text=EN,
        quoted=f"{line}\n\n{marked(OURS_EN)}",
    )
    line_fa = "در ۲ مهٔ ۲۰۲۶، ساعت ۸:۵۰، Helpdesk <support@help.example> نوشت:"
    case(
        "apple-mail-fa",
        plain(f"{FA}\n\n{line_fa}\n\n{marked(OURS_FA)}\n"),
        text=FA,
        quoted=f"{line_fa}\n\n{marked(OURS_FA)}",
    )
    case(
        "iphone-en",
        plain(f"{EN}\n\nSent from my iPhone\n\n> {line}\n> \n{marked(OURS_EN)}\n"),
        text=EN,
        signature="Sent from my iPhone",
        quoted=f"> {line}\n>\n{marked(OURS_EN)}",
    )
    case(
        "iphone-fa",
        plain(f"{FA}\n\nارسال‌شده از آیفون من\n\n{line_fa}\n\n{marked(OURS_FA)}\n"),
        text=FA,
        signature="ارسال‌شده از آیفون من",
        quoted=f"{line_fa}\n\n{marked(OURS_FA)}",
    )
    picture = part(
        PNG, 'image/png; name="IMG_1.png"', "Content-Disposition: inline; filename=IMG_1.png"
    )
    case(
        "apple-text-between-pictures",
        several("mixed", part("First.\n", "text/plain"), picture, part("Then.\n", "text/plain")),
        text="First.\n\nThen.",
        files=["IMG_1.png"],
        inline=1,
    )
    html = (
        '<html><body style="overflow-wrap:break-word">متن تازه<br><div><blockquote type="cite">'
        f"<div>{line_fa}</div><br><div>قدیمی</div></blockquote></div></body></html>"
    )
    case("apple-html-only", rich(html), text="متن تازه", quoted_has=["> قدیمی"])


def others():
    line = "    On Saturday, May 2, 2026 at 08:50:00 AM GMT+3:30, Helpdesk <support@help.example> wrote:"
    quote = f"{line}\n \n {OURS_EN}"
    case(
        "yahoo-en",
        plain(f" {EN}\n\n{quote}"),
        text=EN,
        quoted_has=["Helpdesk", "We have fixed it."],
    )
    line = "در شنبه ۲ مهٔ ۲۰۲۶،\u200f ۸:۵۰:۰۰ (\u200e+۳:۳۰ گرینویچ)، Helpdesk <support@help.example> نوشت:"
    case("yahoo-fa", plain(f"{FA}\n\n{line}\n\n{OURS_FA}"), text=FA, quoted=f"{line}\n\n{OURS_FA}")
    case(
        "yahoo-mobile",
        plain(
            f"{EN}\n\nSent from Yahoo Mail on Android\n\n  On Sat, May 2, 2026 at 8:50, "
            f"Helpdesk<support@help.example> wrote:   {OURS_EN}".replace("wrote:   ", "wrote:\n")
        ),
        text=EN,
        signature="Sent from Yahoo Mail on Android",
        quoted_has=["We have fixed it."],
    )
    samsung = f"-------- Original message --------\n{OUTLOOK_EN}\n\n{OURS_EN}"
    case(
        "samsung",
        plain(f"{EN}\n\nSent from my Galaxy\n\n\n{samsung}"),
        text=EN,
        signature="Sent from my Galaxy",
        quoted=samsung,
    )
    thunder = "On 5/2/26 08:50, Helpdesk wrote:"
    flowed = (
        f"The error is \nstill there.\n\nPlease check \nagain.\n\n{thunder}\n>\n> Hello \n> Sara\n"
    )
    case(
        "thunderbird-flowed",
        plain(flowed, options="; format=flowed"),
        text=EN,
        quoted=f"{thunder}\n>\n> Hello Sara",
    )
    case(
        "flowed-without-space",
        plain("نمی \u200c\nشود", options="; format=flowed; delsp=yes"),
        text="نمی \u200c\nشود",
    )
    case(
        "flowed-delsp-joins",
        plain("سر \nور خراب است", options='; format="flowed"; delsp="yes"'),
        text="سرور خراب است",
    )
    case(
        "flowed-signature-stays",
        plain("Text \nmore\n-- \nSara\n", options="; format=flowed"),
        text="Text more",
        signature="Sara",
    )
    case(
        "protonmail",
        plain(
            f"{EN}\n\nSent with Proton Mail secure email.\n\nOn Saturday, May 2nd, 2026 at "
            f"8:50 AM, Helpdesk <support@help.example> wrote:\n\n{marked(OURS_EN)}"
        ),
        text=EN,
        signature="Sent with Proton Mail secure email.",
        quoted_has=["> We have fixed it."],
    )
    case(
        "k9-android",
        plain(f"{FA}\n-- \nارسال شده از اندروید با K-9 Mail\n"),
        text=FA,
        signature="ارسال شده از اندروید با K-9 Mail",
    )
    case(
        "roundcube",
        plain(f"{FA}\n\n2026-05-02 08:50 Helpdesk <support@help.example> نوشت:\n{marked(OURS_FA)}"),
        text=FA,
        quoted_has=["> بررسی شد"],
    )
    case(
        "zimbra",
        plain(f"{EN}\n\n----- Original Message -----\n{OUTLOOK_EN}\n\n{OURS_EN}"),
        text=EN,
        quoted_has=["We have fixed it."],
    )
    case(
        "mutt",
        plain(
            f"On Sat, May 02, 2026 at 08:50:00AM +0330, Helpdesk wrote:\n{marked(OURS_EN)}\n\n{EN}\n\n-- \nSara\n"
        ),
        text=EN,
        signature="Sara",
        quoted_has=["> We have fixed it."],
    )
    case(
        "arabic-introduction",
        plain(
            f"مرحبا\n\nفي السبت، 2 مايو 2026 Helpdesk <support@help.example> كتب:\n\n{marked('قديم')}"
        ),
        text="مرحبا",
        quoted_has=["> قديم"],
    )
    case(
        "plain-ascii-without-mime", head().replace("MIME-Version: 1.0\n", "") + f"\n{EN}\n", text=EN
    )


def placed():
    line = "On Sat, 2 May 2026, Helpdesk wrote:"
    between = f"{line}\n> Is it still down?\nYes.\n> Since when?\nSince nine.\n> Thank you"
    case(
        "reply-between-quotes",
        plain(between),
        text=f"{line}\n> Is it still down?\nYes.\n> Since when?\nSince nine.",
        quoted="> Thank you",
    )
    case(
        "reply-below-quote",
        plain(f"{line}\n{marked(OURS_EN)}\n\n{EN}\n"),
        text=EN,
        quoted=f"{line}\n{marked(OURS_EN)}",
    )
    case(
        "reply-above-and-below-quote",
        plain(f"Above.\n\n{line}\n{marked(OURS_EN)}\n\nBelow.\n"),
        text="Above.\n\nBelow.",
        quoted=f"{line}\n{marked(OURS_EN)}",
    )
    case("reply-above-empty-quote", plain(f"{EN}\n\n{line}\n\n"), text=EN, quoted=line)
    case(
        "reply-above-empty-quote-fa",
        plain(f"{FA}\n\n{GMAIL_FA}\n>\n"),
        text=FA,
        quoted=f"{GMAIL_FA}\n>",
    )
    case(
        "only-a-quote",
        plain(f"{line}\n{marked(OURS_EN)}"),
        problem="empty",
        text="",
        quoted=f"{line}\n{marked(OURS_EN)}",
    )
    case(
        "only-a-signature",
        plain("-- \nSara Ahmadi\nPars Cloud\n"),
        problem="empty",
        text="",
        signature="Sara Ahmadi\nPars Cloud",
    )
    case(
        "sentence-that-begins-with-on",
        plain("On Monday 4 May we tried again.\nIt failed.\n"),
        text="On Monday 4 May we tried again.\nIt failed.",
    )
    case(
        "sentence-about-from",
        plain("From: the log we see 3 errors.\nWhat now?"),
        text="From: the log we see 3 errors.\nWhat now?",
    )
    case(
        "dashes-in-a-long-text",
        plain("A\n--\n" + "\n".join(f"line {n}" for n in range(30))),
        text="A\n--\n" + "\n".join(f"line {n}" for n in range(30)),
    )
    forwarded = f"---------- Forwarded message ---------\n{OUTLOOK_EN}\n\nThe disk is full."
    case(
        "forwarded-gmail",
        plain(f"See below.\n\n{forwarded}", subject="Fwd: disk"),
        text=f"See below.\n\n{forwarded}",
    )
    case(
        "forwarded-gmail-fa",
        plain(
            f"---------- پیام هدایت‌شده ---------\n{OUTLOOK_FA}\n\nدیسک پر است.",
            subject="هدایت: دیسک",
        ),
        text=f"---------- پیام هدایت‌شده ---------\n{OUTLOOK_FA}\n\nدیسک پر است.",
    )
    case(
        "forwarded-outlook",
        plain(f"{RULE}\n{OUTLOOK_EN}\n\nThe disk is full.", subject="FW: disk"),
        text=f"{RULE}\n{OUTLOOK_EN}\n\nThe disk is full.",
    )
    case(
        "forwarded-apple",
        plain(
            f"Begin forwarded message:\n\n{OUTLOOK_EN}\n\nThe disk is full.", subject="Fwd: disk"
        ),
        text=f"Begin forwarded message:\n\n{OUTLOOK_EN}\n\nThe disk is full.",
    )


def add():
    for each in (gmail, outlook, apple, others, placed):
        each()
