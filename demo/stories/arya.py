"""What the people of Arya, a group with the largest plan, are waiting for now."""

from demo.story import (
    Accepts,
    Answered,
    Answers,
    Notes,
    Opened,
    Prioritizes,
    Reopens,
    Resolves,
    Says,
    Story,
    TakesOver,
    Waits,
    Watches,
    Works,
)

STORIES = [
    Story(
        "کندی شدید باکت هنگام آپلود چندبخشی",
        "reza",
        "technical",
        "urgent",
        Waits(0.79),
        """
        از دیشب سرعت آپلود روی باکت arya-db به‌شدت پایین آمده و نسخه‌ی پشتیبان شبانه کامل نمی‌شود.
        همین فایل شب قبل در ۶ دقیقه بالا می‌رفت.
        """,
        [
            Watches("reza", "1m", people=("mina", "farhad")),
            Accepts("maryam", "17m"),
            Answers(
                "maryam",
                "18m",
                """
                سلام آقای آریان. یکی از گره‌های ذخیره‌سازی زیر بار بازسازی بود و آن را از مدار خارج
                کردیم. لطفاً یک بار دیگر با `--part-size 64MB` امتحان کنید و نتیجه را بفرستید.
                """,
            ),
            Says(
                "reza",
                "14h 40m",
                """
                دیشب خوب شد ولی دوباره شروع شده؛ سرعت به زیر ۲ مگابایت رسیده و آپلود بخش ۱۷ به بعد
                خطا می‌دهد:

                    $ aws s3 cp backup-0415.tar s3://arya-db/ --debug
                    PUT /arya-db/backup-0415.tar?partNumber=17 → 503 SlowDown
                    retry 3/5, elapsed 41.8s, throughput 1.7 MB/s

                """,
                files=("s3-debug.log",),
            ),
            Notes(
                "amir",
                "25m",
                """
                @مریم صف IO روی st-07 پر است. جابه‌جایی داده تا ۱۵ دقیقه‌ی دیگر تمام می‌شود؛ تا آن
                موقع ترافیک آریا را روی st-09 گذاشتم. به مشتری نام گره‌ها را نگویید.
                """,
            ),
        ],
        files=("throughput.png",),
    ),
    Story(
        "راهنمایی درباره‌ی سیاست نگه‌داری نسخه‌ها در باکت",
        "reza",
        "technical",
        "low",
        Waits(0.12),
        """
        برای اسناد مالی باید ۱۰ سال نگه‌داری داشته باشیم و هیچ‌کس، حتی مدیر، نتواند حذف کند. بین
        حالت governance و compliance در قفل اشیا مرددیم. کدام حالت برای داده‌های مالی مناسب‌تر است و
        اگر اشتباهی فایل بزرگی قفل شد چه می‌شود؟
        """,
        [Accepts("sina", "45m")],
    ),
    Story(
        "از دسترس خارج شدن ورود یکپارچه‌ی کارکنان",
        "farhad",
        "technical",
        "critical",
        Waits(1.3),
        """
        هیچ‌کدام از ۱٬۲۰۰ نفر کارکنان گروه نمی‌توانند وارد سامانه‌ها شوند. سرویس SSO خطای 503 می‌دهد
        و هر دو نمونه‌اش در حال راه‌اندازی دوباره‌ی پی‌درپی‌اند.
        """,
        [
            Accepts("amir", "4m"),
            Says("farhad", "13m", "آقای حسینی خبری نشد؟ مدیرعامل پشت خط است."),
        ],
    ),
    Story(
        "Kernel panic on the new GPU nodes",
        "daniel",
        "technical",
        "high",
        Waits(0.62),
        """
        Two of the four GPU nodes we received this week panic within an hour of starting a training
        job. The other two run the same job fine, so I doubt it is the driver alone. Last lines from
        the serial console:

            NVRM: Xid (PCI:0000:3b:00): 79, pid=18733, GPU has fallen off the bus.
            Kernel panic - not syncing: Fatal exception in interrupt

        Happy to give you access to the nodes; they hold no data yet.
        """,
        [
            Accepts("sina", "35m"),
            Notes(
                "sina",
                "20m",
                """
                Both nodes sit in rack C-14, same riser batch. Asked the data centre to reseat the
                cards.
                """,
            ),
        ],
        files=("console.png",),
    ),
    Story(
        "انتقال ۴۰ ترابایت بایگانی به باکت سرد",
        "mina",
        "technical",
        "normal",
        Waits(0.5),
        """
        می‌خواهیم بایگانی ویدئوها را (۴۰ ترابایت، حدود ۱۱ میلیون فایل) از باکت معمولی به سرد منتقل
        کنیم. با قانون چرخه‌ی عمر امتحان کردیم ولی برآورد پنل برای هزینه‌ی درخواست‌ها خیلی بالاست.
        راه ارزان‌تری هست؟ مثلاً بسته‌بندی فایل‌های کوچک پیش از انتقال؟
        """,
        [
            Answers(
                "sina",
                "3h",
                """
                سلام خانم تهرانی. بله، هزینه از تعداد فایل‌هاست نه از حجم. توزیع اندازه را
                می‌فرستید؟ با این دستور:

                    rclone size --json --max-size 1M arya:video-archive

                """,
            ),
            Says(
                "mina",
                "7h",
                """
                خروجی این شد: ۹٬۸۱۲٬۴۴۰ فایل زیر یک مگابایت، روی هم ۱٫۴ ترابایت. بیشترشان تصویر
                بندانگشتی است و در واقع لازم نیست نگه داریم. اگر آن‌ها را پاک کنیم برآورد هزینه چقدر
                می‌شود؟
                """,
            ),
        ],
    ),
    Story(
        "افزایش تأخیر شبکه میان دو پروژه",
        "farhad",
        "technical",
        "high",
        Waits(0.875),
        """
        تأخیر بین پروژه‌ی core و پروژه‌ی analytics از ۰٫۸ به ۱۴ میلی‌ثانیه رسیده. خروجی mtr و نمودار
        یک روز گذشته پیوست است.
        """,
        [
            Accepts("maryam", "50m"),
            Notes(
                "maryam",
                "40m",
                "ترافیک از مسیریاب تهران ۲ می‌چرخد. از شبکه پرسیدم چرا route داخلی حذف شده.",
            ),
        ],
        files=("mtr.txt", "latency.png"),
    ),
    Story(
        "درخواست آزمون نفوذ روی سرویس‌های گروه",
        "reza",
        "sales",
        "normal",
        Answered("11h"),
        """
        یک شرکت امنیتی از هفته‌ی بعد سرویس‌های ما را آزمون نفوذ می‌کند. برای اینکه سامانه‌ی ضد
        حمله‌ی شما آن‌ها را نبندد چه باید کرد؟ آدرس‌ها ثابت است.
        """,
        [
            Accepts("leila", "1h 10m"),
            Answers(
                "leila",
                "50m",
                """
                سلام آقای آریان. فرم پیوست را با این موارد پر کنید: بازه‌ی زمانی، آی‌پی مبدأ،
                آدرس‌های هدف و یک شماره‌ی تماس در دسترس. آزمون بار و حمله‌ی حجمی مجاز نیست. دو روز
                کاری پیش از شروع باید به دست ما برسد.
                """,
                files=("pentest-form.pdf",),
            ),
        ],
    ),
    Story(
        "کاهش اعتبار بدون مصرف",
        "mina",
        "financial",
        "high",
        Answered("47h 23m"),
        """
        از دیروز هر ساعت ۱۸۰ هزار تومان از اعتبار پروژه‌ی lab کم می‌شود، در حالی که همه‌ی سرورهایش
        خاموش است.
        """,
        [
            Accepts("negar", "25m"),
            Answers(
                "negar",
                "50m",
                """
                سلام خانم تهرانی. خاموش کردن سرور، دیسک و آی‌پی و به‌خصوص کارت گرافیک رزروشده را
                آزاد نمی‌کند. در پروژه‌ی lab دو سرور gpu.2 رزرو ماهانه دارند. اگر لازم نیستند
                «آزادسازی» را بزنید؛ باقی‌مانده‌ی رزرو برمی‌گردد.
                """,
            ),
        ],
        files=("usage.png",),
    ),
    Story(
        "نسخه‌ی پشتیبان رمزشده باز نمی‌شود و پیام openssl: bad decrypt می‌دهد، با آنکه همان کلید KMS "
        "روی سرور دیگر (bk-02) بی‌مشکل کار می‌کند؛ فقط برای فایل‌هایی که پس از چرخش کلید ساخته شده‌اند",
        "farhad",
        "technical",
        "normal",
        Waits(0.7),
        """
        عنوان تقریباً همه چیز را می‌گوید. بعد از چرخش خودکار کلید، نسخه‌های پشتیبان تازه فقط روی
        bk-02 باز می‌شوند. روی bk-01 این را می‌بینیم:

            $ arya-backup restore --id 5521 --kms prod/backup
            kms: using key version 3 (cached)
            140245:error:06065064:digital envelope routines:EVP_DecryptFinal_ex:bad decrypt

        به نظرم bk-01 نسخه‌ی قدیمی کلید را در حافظه‌ی نهان نگه داشته، اما با راه‌اندازی دوباره هم
        درست نشد.
        """,
        [
            Answers(
                "maryam",
                "2h 10m",
                """
                سلام آقای نیک‌نام. لطفاً `arya-backup cache clear` را روی bk-01 بزنید، یک بار دیگر
                همان بازیابی را اجرا کنید و خروجی را بفرستید.
                """,
            ),
            Says(
                "farhad",
                "3h 25m",
                """
                انجام شد، همان خطا. این را هم بعد از پاک کردن کش دیدیم:

                    kms: using key version 3 (disk cache /var/lib/kms-agent)
                """,
            ),
            TakesOver("amir", "40m"),
            Notes(
                "amir",
                "15m",
                """
                با مریم هماهنگ شد؛ KMS دست من است. پس کش روی دیسک است و دستور پاک کردن به آن نمی‌رسد.
                باید خود عامل را به‌روز کنیم.
                """,
            ),
        ],
    ),
    Story(
        "هیچ پیامکی از سامانه‌ی ورود نمی‌رسد",
        "mina",
        "technical",
        "critical",
        Opened("2m"),
        """
        رمز یک‌بارمصرف برای هیچ‌کس نمی‌آید، نه کارکنان نه مشتری‌ها. صف پیامک رو به پر شدن است و لاگش
        پر از timeout به درگاه پیامک است.
        """,
    ),
    Story(
        "رکورد DMARC برای زیردامنه‌ها",
        "mina",
        "activation",
        "low",
        Opened("36h"),
        """
        برای ۲۰ زیردامنه‌ی بازاریابی DMARC را چطور یکجا تنظیم کنیم؟ رابط DNS شما ورود گروهی TXT
        دارد؟
        """,
        [
            Resolves(
                "negar",
                "6h",
                """
                سلام. لازم نیست برای هر زیردامنه رکورد بسازید؛ یک رکورد روی دامنه‌ی اصلی با
                `sp=quarantine` برای همه کافی است. اگر هر کدام سیاست جدا دارند، فایل zone را
                می‌توانید گروهی وارد کنید.
                """,
            ),
            Reopens("mina", "22h"),
            Accepts("negar", "1h"),
        ],
    ),
    Story(
        "گزارش انطباق امنیتی برای حسابرس",
        "reza",
        "sales",
        "normal",
        Opened("27h"),
        """
        حسابرس بیرونی گواهی ISO 27001 مرکز داده و گزارش آخرین آزمون بازیابی را خواسته است. نسخه‌ی
        مهرشده لازم است.
        """,
        [
            Prioritizes("reza", "3h", "حسابرس تاریخ جلسه را جلو انداخته است.", to="high"),
            Works(
                "leila",
                "45m",
                """
                سلام آقای آریان. گواهی را امروز می‌فرستم. گزارش آزمون بازیابی باید به امضای مدیر
                زیرساخت برسد؛ تا فردا ظهر آماده می‌شود و خودم پیگیرش هستم.
                """,
            ),
        ],
    ),
]
