"""What Arya asked for in the weeks before: closed, and a few that wait for its answer."""

from demo.story import (
    Accepts,
    Answered,
    Answers,
    Assigns,
    Closes,
    Notes,
    Opened,
    Prioritizes,
    Rates,
    Resolves,
    Says,
    Story,
    Thanks,
    Works,
)

STORIES = [
    Story(
        "درگاه API گروه برای همه خطا می‌دهد",
        "farhad",
        "technical",
        "critical",
        Opened("20d", at="22:48"),
        "api.arya.example برای همه 503 می‌دهد. هر سه نمونه در پنل سبزند. پرداخت شعبه‌ها متوقف است.",
        [
            Accepts("maryam", "2m"),
            Works(
                "maryam",
                "5m",
                """
                سلام، دیدیم. متعادل‌کننده‌ی بار هر سه نمونه را «ناسالم» می‌داند. بررسی سلامت را
                موقتاً خاموش کردم؛ ترافیک باید برقرار شده باشد.
                """,
            ),
            Says("farhad", "4m", "بله برقرار شد. ممنون از سرعتتان."),
            Notes(
                "maryam",
                "8m",
                "گواهی داخلی /healthz همین امشب منقضی شده. سمت مشتری است ولی باید هشدار بدهیم.",
            ),
            Resolves(
                "maryam",
                "12m",
                """
                علت: گواهی داخلی مسیر /healthz سر ساعت منقضی شد و هر سه نمونه با هم از مدار خارج
                شدند. گواهی را که تمدید کردید، بررسی سلامت دوباره روشن شد. پیشنهاد می‌کنم بررسی
                سلامت روی http داخلی بماند.
                """,
            ),
            Thanks(
                "farhad",
                "8h",
                "گواهی همه‌ی سرویس‌های داخلی را به تمدید خودکار بردیم. سپاس از تیم شیفت شب.",
            ),
            Rates("farhad", "3h", "پاسخ سریع و دقیق بود.", score=5),
        ],
    ),
    Story(
        "قطع برق رک و خاموشی دو سرور",
        "reza",
        "technical",
        "critical",
        Opened("33d", at="04:12"),
        "دو سرور اصلی انبار داده هم‌زمان خاموش شدند. در پنل «host failure» نوشته.",
        [
            Accepts("sina", "38m"),
            Answers(
                "sina",
                "16m",
                """
                سلام آقای آریان، بابت تأخیر واقعاً متأسفم. یکی از دو منبع برق رک از کار افتاد و دومی
                هم زیر بار قطع کرد. هر دو سرور روی رک دیگری روشن شدند. فایل‌سیستم را بررسی کردیم،
                سالم است.
                """,
            ),
            Says(
                "reza",
                "3h",
                """
                سرویس‌ها بالا هستند. ۵۴ دقیقه برای تیکت حیاتی پذیرفتنی نیست؛ منتظر گزارش کتبی هستم.
                """,
            ),
            Assigns("sina", "20m", to="leila"),
            Answers(
                "leila",
                "1h 30m",
                """
                جناب آریان، گزارش رویداد پیوست است. دو قرار داریم: اول آنکه این دو سرور از این پس در
                رک‌های جدا می‌مانند، دوم آنکه تماس تلفنی شیفت شب برای تیکت‌های حیاتی شما فعال شد.
                اعتبار دیرکرد هم در حساب نشست.
                """,
                files=("incident-report.pdf",),
            ),
        ],
    ),
    Story(
        "فایروال جلوی همگام‌سازی شعبه‌ها را گرفته",
        "mina",
        "technical",
        "urgent",
        Opened("12d", at="07:50"),
        "از امروز صبح ۱۸ شعبه نمی‌توانند همگام شوند. آدرس شعبه‌ها عوض نشده.",
        [
            Accepts("negar", "13m"),
            Resolves(
                "negar",
                "21m",
                """
                سلام. قانون فهرست سفید ۳۰روزه بود و دیشب منقضی شد. بدون انقضا برگرداندم و هر ۱۸ شعبه
                همگام شدند.
                """,
            ),
            Rates("mina", "1h", score=4),
        ],
    ),
    Story(
        "کاهش موقت منابع محیط آزمایشی",
        "mina",
        "sales",
        "low",
        Opened("9d", at="12:05"),
        "محیط آزمایشی را تا دو ماه لازم نداریم. می‌شود بدون حذف، هزینه‌اش را کم کنیم؟",
        [
            Accepts("sina", "2h"),
            Answers(
                "sina",
                "1h 20m",
                """
                سلام. بله؛ از سرورها snapshot بگیرید، خود سرورها را حذف کنید و بعد از دو ماه از روی
                snapshot بسازید. فقط فضای snapshot حساب می‌شود که برای محیط شما حدود ۹٪ هزینه‌ی فعلی
                است. آی‌پی‌ها را هم رزرو نگه دارید.
                """,
            ),
            Says("mina", "5h", "انجام شد، عالی بود."),
            Closes("mina", "1m"),
            Rates("mina", "30m", "حل شد، ولی سه بار مجبور شدیم همان را توضیح بدهیم.", score=3),
        ],
    ),
    Story(
        "Terraform provider drops tags on update",
        "daniel",
        "technical",
        "normal",
        Opened("16d", at="10:40"),
        """
        With provider 1.18.2, any in-place update of a server removes the tags set outside
        Terraform, although we have them under ignore_changes. Plan output attached; note that it
        claims nothing will change.
        """,
        [
            Accepts("sina", "1h"),
            Notes(
                "sina",
                "40m",
                """
                Reproduced. The PATCH sends tags: [] when the attribute is ignored. Filed with the
                API team.
                """,
            ),
            Answers(
                "sina",
                "3h",
                """
                Hi Daniel, thanks for the precise report. I can reproduce it: the provider sends an
                empty list instead of leaving the field out. Until the fix is released, pin to
                1.17.4, which does not touch tags:

                    version = "= 1.17.4"

                Shall I restore the tags that were lost? We keep seven days of metadata history.
                """,
            ),
            Says(
                "daniel",
                "4h",
                "Pinned, works. Yes please, restore them for everything in project core.",
            ),
            Accepts("sina", "30m"),
            Resolves(
                "sina",
                "2h",
                """
                All 212 tags in core are back. Release 1.18.3 contains the fix and should be out
                this week; you can unpin then.
                """,
            ),
            Thanks("daniel", "1d 2h", "1.18.3 confirmed good. Cheers!"),
            Rates("daniel", "4h", "Fast, precise, and it stayed fixed.", score=5),
        ],
        files=("terraform-plan.txt",),
    ),
    Story(
        "مالیات قرارداد در فاکتور پروژه",
        "reza",
        "financial",
        "normal",
        Opened("18d", at="11:25"),
        "نرخ مالیات فاکتور INV-20460 با قرارداد نمی‌خواند. لطفاً اصلاحیه صادر شود.",
        [
            Accepts("maryam", "1h"),
            Answers(
                "maryam",
                "3h 30m",
                """
                سلام آقای آریان. نرخ تازه از اول سال اعمال شده و قرارداد پیش از آن است. متن بند
                مالیات قرارداد را می‌فرستید؟
                """,
            ),
            Says(
                "reza",
                "20h",
                """
                بند ۴-۲: «نرخ مالیات، نرخ قانونی روز صدور فاکتور است.» پس حق با شماست. تیکت را
                می‌بندم.
                """,
            ),
            Closes("reza", "1m"),
            Rates("reza", "10m", score=4),
        ],
    ),
    Story(
        "کندی کنسول وب سرورها",
        "mina",
        "technical",
        "high",
        Opened("5d", at="15:35"),
        "کنسول VNC سرورها در پنل هر کلید را با چند ثانیه تأخیر می‌زند، فقط در ناحیه‌ی شیراز.",
        [
            Prioritizes(
                "negar", "30m", "ssh در دسترس است و کنسول تنها راه دسترسی نیست.", to="normal"
            ),
            Accepts("negar", "1m"),
            Resolves(
                "negar",
                "4h",
                """
                سلام. پراکسی کنسول شیراز از مسیر تهران رد می‌شد. مسیر مستقیم شد و تأخیر به زیر ۱۰۰
                میلی‌ثانیه رسید.
                """,
            ),
            Rates("mina", "5h", score=5),
        ],
    ),
    Story(
        "گزارش صورت‌حساب به تفکیک شرکت‌های گروه",
        "farhad",
        "financial",
        "low",
        Answered("40h"),
        """
        گروه هفت شرکت دارد و هزینه‌ی ابری هر کدام باید جدا در دفاتر ثبت شود. آیا می‌شود هفت حساب زیر
        یک قرارداد داشت؟
        """,
        [
            Accepts("maryam", "4h"),
            Answers(
                "maryam",
                "3h",
                """
                سلام آقای نیک‌نام. بله؛ «صورت‌حساب تجمیعی» برای پلن سازمانی فعال است: هفت سازمان با
                فاکتور جدا و یک قرارداد مادر. برای شروع، نام و شناسه‌ی ملی هر شرکت را در فایل نمونه
                پر کنید.
                """,
            ),
        ],
    ),
    Story(
        "بازیابی یک پوشه از باکت",
        "mina",
        "technical",
        "urgent",
        Answered("3h 10m"),
        """
        پوشه‌ی /contracts/ در باکت arya-docs با یک اسکریپت اشتباه پاک شد. نسخه‌بندی باکت روشن است.
        فردا جلسه‌ی امضاست!
        """,
        [
            Accepts("amir", "7m"),
            Answers(
                "amir",
                "19m",
                """
                سلام خانم تهرانی. چون نسخه‌بندی روشن بوده، چیزی از بین نرفته است؛ فقط «نشانه‌ی حذف»
                خورده. نشانه‌ها را برداشتم و ۲٬۳۱۷ فایل برگشت. لطفاً چند نمونه را باز کنید و تأیید
                بدهید.
                """,
            ),
        ],
    ),
]
