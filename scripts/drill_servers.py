"""What runs on the machines of `make drill`: databases, Redis, a bucket, mail, nginx, product."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from environment import ROOT
from servers import StartError, postgresql_binaries, unprivileged

HOST = "helpdesk.example"
PYTHON = sys.executable
PATIENCE = 120
# Whether everything reaches the databases through PgBouncer, which shares connections.
HAS_POOLER = os.environ.get("POOLER", "0") != "0"
POOLER = """
[databases]
* = host=127.0.0.1 port=5432
[pgbouncer]
listen_addr = {address}
listen_port = 6432
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = postgres
pool_mode = transaction
default_pool_size = 10
max_client_conn = 300
server_login_retry = 1
ignore_startup_parameters = options
"""
CELERY = (PYTHON, "-m", "celery", "-A", "helpdesk.celery:app")
# By which signal a machine's service ends what has begun and takes nothing new.
ENDS = {"proxy": signal.SIGQUIT, "db1": signal.SIGINT, "db2": signal.SIGINT}
BUCKET_KEYS = {"ATTACHMENTS_KEY_ID": "drill", "ATTACHMENTS_SECRET_KEY": "not-a-secret"}


def until(is_true, what, seconds=PATIENCE):
    """Wait for something. Raises StartError with what was waited for."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise StartError(f"Waited {seconds} s for {what}.")
        time.sleep(0.1)


def answers(machine, port, seconds=1):
    """Whether the machine takes connections, asked in its own namespace."""
    code = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)"
    command = machine.command(PYTHON, "-Sc", code, machine.address, port)
    return subprocess.run(command, capture_output=True, timeout=seconds + 20).returncode == 0


class Database:
    """One PostgreSQL. A pair replicates synchronously while its standby is there."""

    def __init__(self, machine):
        self.machine, self.data = machine, machine.folder / "data"
        self.binaries, (self.prefix, account) = postgresql_binaries(), unprivileged()
        os.chown(machine.folder, account.pw_uid, account.pw_gid)

    def tool(self, name, *arguments):
        return self.machine.run(
            *self.prefix, self.binaries / name, *arguments, cwd=self.machine.folder
        )

    def make(self):
        names = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.tool("initdb", "-D", self.data, *names)
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write(
                "host all all 10.77.0.0/24 trust\nhost replication all 10.77.0.0/24 trust\n"
            )
        self._write_settings()

    def follow(self, primary):
        """Be replaced by a copy of the primary that follows it."""
        shutil.rmtree(self.data, ignore_errors=True)
        where = ("-h", primary.machine.address, "-U", "postgres", "-D", self.data)
        self.tool("pg_basebackup", *where, "-X", "stream", "-c", "fast", "--no-sync")
        self._write_settings()
        name = f"application_name=standby connect_timeout=3 {_keepalives()}"
        with (self.data / "postgresql.auto.conf").open("w") as settings:
            conninfo = f"host={primary.machine.address} user=postgres {name}"
            settings.write(f"primary_conninfo = '{conninfo}'\n")
        (self.data / "standby.signal").touch()
        self.start()

    def _write_settings(self):
        settings = {
            "listen_addresses": f"'127.0.0.1,{self.machine.address}'",
            "unix_socket_directories": f"'{self.machine.folder}'",
            "wal_keep_size": "'512MB'",
            "wal_sender_timeout": "'4s'",
            "wal_receiver_timeout": "'4s'",
            "wal_retrieve_retry_interval": "'1s'",
            # When each row was really written, by the clock of the database.
            "track_commit_timestamp": "on",
            "max_connections": 150,
            "jit": "off",
        }
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        (self.data / "drill.conf").write_text("".join(lines))
        main = self.data / "postgresql.conf"
        if "drill.conf" not in main.read_text():
            with main.open("a") as file:
                file.write("include 'drill.conf'\n")

    def start(self):
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        command = [*self.prefix, self.binaries / "postgres", "-D", self.data]
        self.machine.start("postgres", *command, signal_number=signal.SIGINT)
        until(self.is_up, f"PostgreSQL on {self.machine.name}")
        if HAS_POOLER:
            self._start_pooler()

    def _start_pooler(self):
        place, running = self.machine, self.machine.processes.get("pgbouncer")
        if running and running.poll() is None:
            return
        users, settings = place.folder / "users", place.folder / "pgbouncer.ini"
        users.write_text('"helpdesk" ""\n"postgres" ""\n')
        settings.write_text(POOLER.format(address=place.address, users=users))
        pgbouncer = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
        place.start("pgbouncer", *self.prefix, pgbouncer, settings)
        until(lambda: answers(place, 6432), "PgBouncer")

    def is_up(self):
        with contextlib.suppress(StartError):
            return self.ask("SELECT 1") == "1"
        return False

    def ask(self, sql):
        """The answer to a statement, asked on the machine itself."""
        where = ("-h", self.machine.folder, "-U", "postgres", "-XAtq")
        return self.tool("psql", *where, "-c", sql).strip()

    def is_followed(self):
        return self.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") != "0"

    def set_synchronous(self, is_on):
        """Whether a commit waits for the standby."""
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{'standby' if is_on else ''}'")
        self.ask("SELECT pg_reload_conf()")

    def promote(self):
        self.ask("SELECT pg_promote(true, 30)")
        if HAS_POOLER:
            # It greets with what the server was when it first asked: a standby, which is refused.
            where = ("-h", self.machine.address, "-p", "6432", "-U", "postgres", "-d", "pgbouncer")
            self.tool("psql", *where, "-Xc", "RECONNECT")


def _keepalives():
    return "keepalives_idle=5 keepalives_interval=2 keepalives_count=3"


class Site:
    """All servers and processes of one product on their machines, and how each is started."""

    def __init__(self, machines, folder):
        self.machines, self.folder = machines, folder
        self.databases = {name: Database(machines[name]) for name in ("db1", "db2")}
        self.password = secrets.token_urlsafe(16)
        self.environment = self._environment()

    def _environment(self):
        at = {name: machine.address for name, machine in self.machines.items()}
        port = 6432 if HAS_POOLER else 5432
        hosts = f"{at['db1']}:{port},{at['db2']}:{port}"
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]),
            "PYTHONUNBUFFERED": "1",
            "DRILL_TASKS": str(self.folder / "tasks"),
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATABASE_URL": f"postgresql://helpdesk@{hosts}/helpdesk?target_session_attrs=read-write",
            "DATABASE_KEEPS_PLANS": "0" if HAS_POOLER else "1",
            "REDIS_URL": f"redis://:{self.password}@{at['redis']}:6379/0",
            "EMAIL_URL": f"smtp://{at['mail']}:2525",
            "MAIL_FROM": f"support@{HOST}",
            "ATTACHMENTS_URL": f"s3://drill-files?endpoint=http://{at['store']}:9000",
            **BUCKET_KEYS,
            "RUN_DIR": str(self.folder),
            "STATIC_ROOT": str(self.folder / "static"),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
            "BEHIND_TLS_PROXY": "1",
            "TRUSTED_PROXY_COUNT": "1",
            "TICKETS_PER_HOUR": "1000000",
            "MESSAGES_PER_HOUR": "1000000",
            "RATE_LIMIT_UPLOAD": "100000/h/user,100000/h/ip",
            "C_FORCE_ROOT": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }

    def start(self):
        """Everything, in the order in which one needs the other."""
        self.start_databases()
        self.start_redis()
        self.start_store()
        self.make_bucket()
        self.start_mail()
        prepared = self.machines["people"].run(
            *(PYTHON, ROOT / "scripts/drill_inside.py", "drill_setup"),
            environment=self.environment,
            cwd=ROOT,
        )
        (self.folder / "cast.json").write_text(prepared.splitlines()[-1])
        self.redis("FLUSHALL")
        self.start_standby()
        for name in ("web1", "web2"):
            self.start_web(name)
        for name in ("work1", "work2"):
            self.start_work(name)
        self.start_proxy()

    # --- Each machine by itself -------------------------------------------------------------------

    def start_machine(self, name, **environment):
        """Start all that runs on a machine, until it works; with more of an environment."""
        others = {
            "proxy": self.start_proxy,
            "redis": self.start_redis,
            "store": self.start_store,
            "mail": self.start_mail,
        }
        if name in self.databases:
            self.databases[name].start()
        elif name in others:
            others[name]()
        elif name.startswith("web"):
            self.start_web(name, **environment)
        else:
            self.start_work(name, **environment)

    def stop_machine(self, name):
        """Ask what runs on a machine to end, as its service would be stopped."""
        number = ENDS.get(name, signal.SIGTERM)
        # A pooler stays: it finds the database again.
        names = ["postgres"] if name in self.databases else []
        self.machines[name].stop(*names, number=number)

    def manage(self, name, command, **more):
        """Run a command of the product on a machine."""
        environment = self.environment | more
        place = self.machines[name]
        return place.run(
            PYTHON, ROOT / "manage.py", command, environment=environment, cwd=place.folder
        )

    def start_databases(self):
        one = self.databases["db1"]
        one.make()
        one.start()
        one.ask("CREATE ROLE helpdesk LOGIN")
        # A pooler drops what the product asks for when it connects.
        one.ask("ALTER ROLE helpdesk SET lock_timeout = '4s'")
        one.ask("ALTER ROLE helpdesk SET statement_timeout = '60s'")
        one.ask("CREATE DATABASE helpdesk OWNER helpdesk")

    def start_standby(self):
        one, two = self.databases.values()
        two.follow(one)
        until(one.is_followed, "the standby")
        one.set_synchronous(is_on=True)

    def start_redis(self):
        machine = self.machines["redis"]
        keeps = ("--appendonly", "yes", "--save", "", "--dir", machine.folder)
        listens = ("--bind", machine.address, "--port", "6379", "--requirepass", self.password)
        machine.start("redis", shutil.which("redis-server"), *listens, *keeps)
        until(lambda: answers(machine, 6379), "Redis")

    def redis(self, command):
        at = self.machines["redis"]
        code = "import redis, sys; redis.Redis.from_url(sys.argv[1]).execute_command(sys.argv[2])"
        at.run(PYTHON, "-c", code, self.environment["REDIS_URL"], command)

    def start_store(self):
        machine, store = self.machines["store"], ROOT / "scripts/drill_store.py"
        machine.start("store", PYTHON, store, machine.address, machine.folder / "objects")
        until(lambda: answers(machine, 9000), "the bucket's server")

    def make_bucket(self):
        machine = self.machines["store"]
        code = (
            "import botocore.session as b, sys; b.get_session().create_client('s3', 'us-east-1',"
            " endpoint_url=sys.argv[1], aws_access_key_id='drill',"
            " aws_secret_access_key='not-a-secret').create_bucket(Bucket='drill-files')"
        )
        machine.run(PYTHON, "-c", code, f"http://{machine.address}:9000")

    def start_mail(self):
        machine = self.machines["mail"]
        sink = ROOT / "scripts/drill_mail.py"
        machine.start("mail", PYTHON, sink, machine.address, self.folder / "mails.jsonl")
        until(lambda: answers(machine, 2525), "the mail server")

    def start_web(self, name, **more):
        machine = self.machines[name]
        command = (PYTHON, "-m", "helpdesk.web", "--bind", f"{machine.address}:8000")
        machine.start("web", *command, environment=self.environment | more)
        until(lambda: answers(machine, 8000), name)

    def start_work(self, name, **more):
        """A worker and a beat of its own."""
        few = ("--concurrency", "2", "--without-mingle", "-n", f"worker@{name}")
        command = (*CELERY, "-q", "worker", *few, "--include", "drill_tasks")
        self.machines[name].start("worker", *command, environment=self.environment | more)
        self.start_beat(name, **more)
        until(lambda: self._works(name, "worker"), f"the worker of {name}")

    def start_beat(self, name, **more):
        """A beat, until it has handed over the first task."""
        environment = self.environment | more
        self.machines[name].start("beat", *CELERY, "beat", "--pidfile=", environment=environment)
        until(lambda: self._works(name, "beat"), f"the beat of {name}")

    def _works(self, name, process):
        """Whether a process of a machine has come so far as to be connected to Redis."""
        place = self.machines[name]
        lines = place.run("ss", "-Htnp", "state", "established", "dport", "=", ":6379").splitlines()
        return any(f"pid={place.processes[process].pid}," in line for line in lines)

    def start_proxy(self):
        machine = self.machines["proxy"]
        write_proxy(machine, [self.machines["web1"], self.machines["web2"]])
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        machine.start("nginx", nginx, "-p", machine.folder, "-c", "nginx.conf")
        until(lambda: answers(machine, 443), "nginx")


# As deploy/nginx.conf says for web servers on machines of their own.
LEFT_ALONE = "max_fails=1 fail_timeout=3s"
MAIN = """
daemon off; pid nginx.pid; error_log stderr; worker_processes 1; user root;
events { worker_connections 1000; }
http {
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include site.conf;
}
"""


def write_proxy(machine, webs):
    """The documented nginx.conf with the addresses of these machines."""
    site = (ROOT / "deploy/nginx.conf").read_text()
    for written, here in {
        "127.0.0.1:8000 max_fails=0": f"{webs[0].address}:8000 {LEFT_ALONE}",
        "127.0.0.1:8001 max_fails=0": f"{webs[1].address}:8000 {LEFT_ALONE}",
        "/etc/ssl/certs/helpdesk.pem": "site.pem",
        "/etc/ssl/private/helpdesk.key": "site.key",
        "/var/log/nginx/helpdesk.log": "access.log",
    }.items():
        if written not in site:
            raise StartError(f"deploy/nginx.conf names no {written} any more.")
        site = site.replace(written, here)
    Path(machine.folder, "site.conf").write_text(site)
    Path(machine.folder, "nginx.conf").write_text(MAIN)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", f"/CN={HOST}", "-days", "2"),
            *("-keyout", machine.folder / "site.key", "-out", machine.folder / "site.pem"),
        ],
        check=True,
        capture_output=True,
    )
