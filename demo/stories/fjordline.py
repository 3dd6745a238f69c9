"""The tickets of Fjordline, a team in three countries that writes English."""

from demo.story import (
    Accepts,
    Answered,
    Answers,
    Assigns,
    Categorizes,
    Closes,
    Notes,
    Opened,
    Prioritizes,
    Resolves,
    Resumes,
    Says,
    Story,
    Thanks,
    Waits,
    Works,
)

STORIES = [
    Story(
        "Nightly backup fails since the weekend",
        "ingrid",
        "technical",
        "high",
        Waits(0.83),
        """
        Both nightly jobs for fjord-pg have failed three times in a row, always at the upload step
        and always after exactly 15 minutes. Nothing changed on our side. Full log of the last two
        nights attached.

        We are without a restorable backup right now, so please treat this as more than a warning
        mail.
        """,
        [
            Accepts("sina", "1h 10m"),
            Notes(
                "sina",
                "50m",
                """
                900 s is the new idle limit on the storage proxy. Multipart keeps the first part
                open while compressing. Talking to Amir about an exception.
                """,
            ),
        ],
        files=("backup.log",),
    ),
    Story(
        "Invoice shows the wrong VAT number",
        "marta",
        "financial",
        "normal",
        Waits(1.07),
        """
        Our VAT number on the last two invoices has two digits swapped (NO 918 273 645 MVA is
        right). Our accountant cannot book them. Please reissue both with the correct number and the
        same date.
        """,
        files=("invoice-20571.pdf",),
    ),
    Story(
        "How do snapshots count towards the quota?",
        "tom",
        "sales",
        "low",
        Waits(0.2),
        """
        If I take a snapshot of a 500 GB volume with 40 GB used, do I pay for 40 or 500? And does it
        use volume quota?
        """,
    ),
    Story(
        "Load balancer marks healthy nodes as down",
        "ingrid",
        "technical",
        "urgent",
        Waits(0.3),
        """
        Since a quarter of an hour two of three backends flap between UP and DOWN every 20 seconds,
        and users get logged out each time. Curl from a neighbouring server to /health answers 200
        in 4 ms, every time.

            backend fjord-web-2: DOWN (L4TOUT 2001ms), 1 active left
            backend fjord-web-2: UP
            backend fjord-web-3: DOWN (L4TOUT 2001ms), 1 active left

        """,
        [Accepts("amir", "12m")],
    ),
    Story(
        "Please raise our floating IP quota",
        "tom",
        "activation",
        "normal",
        Answered("47h 36m"),
        "We need 12 floating IPs instead of 5 in region Tehran 1, for the new edge proxies.",
        [
            Answers(
                "negar",
                "1h 20m",
                """
                Hello Tom, the quota in Tehran 1 is 12 now. IPs that are reserved but not attached
                are billed by the hour. Could you check that you can allocate the seven new ones?
                """,
            ),
        ],
    ),
    Story(
        "Connection resets to object storage from Frankfurt",
        "marta",
        "technical",
        "normal",
        Answered("15h"),
        """
        About 2 % of the PUT requests from our Frankfurt workers end in "connection reset by peer".
        From Oslo we see none. The SDK retries hide it, but uploads take twice as long.
        """,
        [
            Accepts("sina", "2h"),
            Notes(
                "sina",
                "1h",
                "Transit provider drops long flows on one of four links. Ticket with them is open.",
            ),
            Answers(
                "sina",
                "2h 30m",
                """
                Hi Marta, one of our four transit links towards Frankfurt was dropping long-lived
                connections. We took it out of rotation two hours ago and see no more resets in our
                samples.

                Could you watch your retry counter for a day and tell me if it stays at zero?
                """,
            ),
        ],
        files=("mtr.txt",),
    ),
    Story(
        "Postgres upgrade from 14 to 16: expected downtime?",
        "ingrid",
        "technical",
        "low",
        Opened("29h"),
        """
        We would like to move the managed Postgres (380 GB, two replicas) to 16. How long are we
        read-only, can we roll back, and do logical replication slots survive? A window on a Sunday
        would suit us.
        """,
        [
            Answers(
                "amir",
                "6h",
                """
                Hello Ingrid. For 380 GB expect four to six minutes read-only. Roll-back is possible
                for 24 hours, with the loss of what was written since. Slots do not survive; they
                must be created again.

                I am rehearsing it on a copy of your cluster and will send exact numbers tomorrow.
                """,
            ),
            Resumes("amir", "4h"),
        ],
    ),
    Story(
        "Everything down: disk of the primary is read-only",
        "tom",
        "technical",
        "urgent",
        Opened("11d", at="03:22"),
        """
        Primary database went read-only, the app throws errors for every write.

            EXT4-fs error (device vdb): ext4_journal_check_start: Detected aborted journal
            EXT4-fs (vdb): Remounting filesystem read-only

        """,
        [
            Accepts("maryam", "8m"),
            Works(
                "maryam",
                "13m",
                """
                Hello Tom, the storage path of this host lost its link for 40 seconds. Please do not
                reboot yet; we are checking the volume first.
                """,
            ),
            Says("tom", "3m", "Understood, hands off. Standing by."),
            Answers(
                "maryam",
                "16m",
                """
                The volume is clean. Please run `fsck -y /dev/vdb` from the rescue image and start
                the database.
                """,
            ),
            Says(
                "tom",
                "25m",
                """
                fsck fixed two orphaned inodes, database is up, replica caught up. Phew. Thank you!
                """,
            ),
            Closes("tom", "1h"),
        ],
    ),
    Story(
        "API token stopped working after password change",
        "marta",
        "technical",
        "normal",
        Opened("17d", at="12:15"),
        """
        I changed my panel password and our CI token answers 401 since then. Is that intended? It
        was not in the docs.
        """,
        [
            Resolves(
                "negar",
                "55m",
                """
                Hello Marta, it is intended: personal tokens end with a password change. For CI
                please create a service account under Project > Access; its tokens are independent
                of any person. You are right about the docs, I asked for a warning beside the
                password form.
                """,
            ),
            Thanks("marta", "40m", "Service account it is. Thanks for the quick answer."),
        ],
    ),
    Story(
        "Discount for open-source projects?",
        "tom",
        "technical",
        "low",
        Opened("23d", at="16:00"),
        """
        We maintain an open-source time-series library. Do you sponsor build machines, like some
        other clouds do?
        """,
        [
            Categorizes("maryam", "1h", to="sales"),
            Answers(
                "sina",
                "20h",
                """
                Hi Tom, we do: up to two medium servers for a year, in exchange for a logo in the
                README. Send me the repository and I will fill in the form for you.
                """,
            ),
            Says(
                "tom",
                "1d 20h",
                "Our foundation found a sponsor meanwhile, so no need. Kind offer, though!",
            ),
            Closes("tom", "1m"),
        ],
    ),
    Story(
        "Billing alert fires twice",
        "ingrid",
        "financial",
        "high",
        Opened("13d", at="08:45"),
        """
        Every budget alert arrives twice, one minute apart, and the second shows a 0 amount. Our
        on-call gets paged on it.
        """,
        [
            Prioritizes("negar", "2h", "Alerts are doubled, none is lost.", to="normal"),
            Answers(
                "negar",
                "14h",
                """
                Hello Ingrid, sorry for the wait. Two schedulers ran after a deployment on our side.
                One is stopped; alerts should be single again from today.
                """,
            ),
            Says("ingrid", "1d 1h", "Confirmed, single since yesterday."),
            Resolves("negar", "2h", "Great, thank you for confirming."),
        ],
    ),
    Story(
        "RTL text broken in the console: “سلام (web-01)” shows as “(web-01) سلام”",
        "tom",
        "technical",
        "normal",
        Opened("10h 40m"),
        """
        A colleague named his servers in Persian, e.g. سرور-آزمایشی-01, and the web console mixes up
        brackets and numbers when both scripts meet in one line. Purely cosmetic, but it makes
        copying a name impossible.
        """,
        [Accepts("sina", "2h"), Assigns("leila", "1h", to="negar")],
    ),
    Story(
        "Cluster autoscaler ignores our taints",
        "marta",
        "technical",
        "critical",
        Opened("4d", at="13:30"),
        """
        The autoscaler scaled a tainted pool for untainted pods and we ended with 14 GPU nodes
        running nginx. We deleted them by hand. I know critical carries no promise on our plan, but
        the bill grows by the hour.
        """,
        [
            Accepts("sina", "26m"),
            Answers(
                "sina",
                "34m",
                """
                Hi Marta, I capped the GPU pool at 2 so that it cannot happen again tonight. Your
                pods tolerate the taint through a wildcard in the namespace default:

                    tolerations:
                      - operator: Exists

                Remove that line and the pool stays empty. The 14 node-hours are credited, as our
                panel adds that default without telling you.
                """,
            ),
            Says(
                "marta", "2h", "Found it, removed it. Thanks for the credit, that was unexpected."
            ),
            Resolves("sina", "30m", "You are welcome. The cap is lifted again."),
        ],
        files=("kubectl-events.txt",),
    ),
    Story(
        "Second data centre for the staging environment",
        "ingrid",
        "sales",
        "high",
        Answered("8h"),
        """
        Which services are already available in Shiraz? Staging needs managed Postgres, object
        storage and a load balancer.
        """,
        [
            Answers(
                "negar",
                "2h",
                """
                Hello Ingrid, object storage and load balancers are available in Shiraz today.
                Managed Postgres is in closed preview; I can put you on the list if a service level
                is not needed for staging. Shall I?
                """,
            ),
        ],
        filed_by="negar",
    ),
    Story(
        "TLS 1.0 still accepted on our endpoint",
        "marta",
        "technical",
        "critical",
        Answered("26h"),
        """
        A customer's audit found TLS 1.0 and 1.1 enabled on edge.fjordline.example. They block us
        from going live today.
        """,
        [
            Accepts("amir", "20m"),
            Answers(
                "amir",
                "30m",
                """
                Hello Marta, the minimum is now TLS 1.2 on your endpoint (profile “modern”). Please
                let their auditor scan again and tell us the result.
                """,
            ),
        ],
    ),
]
