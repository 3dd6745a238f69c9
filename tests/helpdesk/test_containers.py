"""Image, Compose file and Kubernetes folder: what they name exists, and they agree."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import try_image
import yaml

from helpdesk import attachment_settings
from tests.helpdesk.starts import PRODUCTION
from tests.helpdesk.test_settings import Given
from tests.s3 import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE, KUBERNETES = ROOT / "deploy/compose/compose.yaml", ROOT / "deploy/kubernetes"
SCRIPT = ROOT / "deploy/container/helpdesk"
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
ROLES = {"web", "worker", "beat", "migrate"}


def compose():
    return yaml.safe_load(COMPOSE.read_text("utf-8"))


def objects():
    """Each object of the folder, by kind and name."""
    names = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    assert {path.name for path in KUBERNETES.iterdir()} == {"kustomization.yaml", *names}
    found = [each for name in names for each in yaml.safe_load_all((KUBERNETES / name).read_text())]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def pods():
    """{role: the pod of it}."""
    workloads = [each for (kind, _name), each in objects().items() if kind in {"Deployment", "Job"}]
    templates = [each["spec"]["template"] for each in workloads]
    return {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: each["spec"]
        for each in templates
    }


def documented():
    """The settings in the table of README.md."""
    rows = re.findall(r"^\| (`[A-Z].*?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def setting(name):
    return name.removesuffix("_FILE")


def commands():
    """What the script of the image knows."""
    return set(re.findall(r"^    (\w+)\)", SCRIPT.read_text(), re.MULTILINE))


def test_every_setting_that_they_name_is_documented():
    product = [
        service
        for service in compose()["services"].values()
        if service["image"].startswith("${HELPDESK")
    ]
    named = {name for service in product for name in service["environment"]}
    named |= set(objects()["ConfigMap", "helpdesk"]["data"])
    named |= set(re.findall(r"^    ([A-Z_]+ROOT)=", CONTAINERFILE, re.MULTILINE))

    assert len(product) == 4
    assert {setting(name) for name in named} - documented() == set()


def test_a_production_starts_with_what_they_give(start):
    given = {
        name: value.replace("${HELPDESK_HOST}", "helpdesk.example")
        for name, value in objects()["ConfigMap", "helpdesk"]["data"].items()
        if not name.endswith("_FILE")
    }
    needed = {name for name in objects()["ConfigMap", "helpdesk"]["data"] if "_FILE" in name}

    assert set(PRODUCTION) <= {setting(name) for name in needed} | set(given)
    keys = {"ATTACHMENTS_KEY_ID": "key", "ATTACHMENTS_SECRET_KEY": "secret"}
    assert attachment_settings.bucket(Given(given | keys))
    started = start(**given, **keys)
    assert started.returncode == 0, started.stderr


def test_every_role_has_a_command_of_the_image():
    services = compose()["services"]

    assert commands() == {*ROLES, "check", "manage"}
    assert {name: services[name]["command"] for name in ROLES} == {name: [name] for name in ROLES}
    assert set(pods()) == ROLES
    for role, pod in pods().items():
        [container] = pod["containers"]
        assert container["args"] == [role]


def test_an_unknown_command_of_the_image_lists_the_known_ones():
    done = subprocess.run([SCRIPT, "serve"], capture_output=True, text=True)

    assert done.returncode == 64
    for name in commands():
        assert name in done.stderr


def test_no_container_is_root_or_writes_to_its_root():
    [number] = re.findall(r"^USER (\d+):\d+$", CONTAINERFILE, re.MULTILINE)
    for pod in pods().values():
        [container] = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert pod["securityContext"]["runAsUser"] == int(number)
    services = compose()["services"]
    for name in ROLES:
        assert services[name]["read_only"], name
        assert services[name]["cap_drop"] == ["ALL"]


def test_the_trial_of_the_image_lets_it_write_where_deployments_do():
    by_engines = {"/dev/shm"}  # noqa: S108 - of every container
    for name in ROLES:
        service = compose()["services"][name]
        volumes = [volume.partition(":")[2] for volume in service["volumes"]]
        assert {*service["tmpfs"], *volumes} | by_engines == set(try_image.WRITABLE)


def test_secrets_are_files_and_each_is_declared():
    declared = compose()["secrets"]
    for service in compose()["services"].values():
        assert set(service.get("secrets", [])) <= set(declared)
        for name, value in service.get("environment", {}).items():
            if name.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    for name in documented():
        secret = any(word in name for word in ("SECRET_KEY", "KEY_ID", "DATABASE_URL", "EMAIL_URL"))
        assert not secret or name not in objects()["ConfigMap", "helpdesk"]["data"]


def test_secrets_of_a_deployment_get_neither_into_the_image_nor_into_the_repository():
    ignored = (ROOT / ".containerignore").read_text().splitlines()
    unknown = (ROOT / ".gitignore").read_text().splitlines()

    assert {"**/.*", "deploy/compose"} <= set(ignored)
    assert {"deploy/compose/.env", "deploy/compose/secrets/"} <= set(unknown)


def test_processes_get_the_time_that_they_take_to_stop():
    # A web process answers for 30 seconds, a task takes 300 at most.
    assert pods()["web"]["terminationGracePeriodSeconds"] > 35
    assert pods()["worker"]["terminationGracePeriodSeconds"] > 300
    services = compose()["services"]
    assert int(services["web"]["stop_grace_period"].rstrip("s")) > 30
    assert int(services["worker"]["stop_grace_period"].rstrip("s")) > 300


def test_policies_and_services_choose_pods_that_exist():
    labels = [
        each["spec"]["template"]["metadata"]["labels"]
        for (kind, _name), each in objects().items()
        if kind in {"Deployment", "Job"}
    ]
    for (kind, name), each in objects().items():
        spec = each["spec"] if kind != "ConfigMap" else {}
        chosen = spec.get("podSelector") or spec.get("selector") or {}
        wanted = chosen.get("matchLabels", chosen)
        assert any(wanted.items() <= each.items() for each in labels), (kind, name)
    assert objects()["Deployment", "helpdesk-web"]["spec"]["replicas"] == 2


def test_the_proxy_of_the_compose_file_has_the_rules_of_ours(tmp_path):
    script = compose()["services"]["nginx"]["command"][2].replace("${HELPDESK_HOST}", "desk.test")
    script = script.replace("/etc/helpdesk", str(ROOT / "deploy"))
    script = script.replace("/etc/nginx/conf.d", str(tmp_path)).replace("exec nginx", "exec true")

    subprocess.run(["sh", "-ec", script], check=True)

    made = (tmp_path / "default.conf").read_text()
    assert "server web:8000 max_fails=0;" in made
    assert made.count("server_name desk.test;") == 2
    assert not re.search(r"helpdesk\.example[^:]|8001|/etc/ssl", made.partition("upstream")[2])
    assert made.count("/run/secrets/tls_") == 2


def test_the_health_check_fails_while_nothing_answers():
    command = [sys.executable, ROOT / "deploy/container/healthy.py", str(free_port())]
    done = subprocess.run(
        command, env={**os.environ, "ALLOWED_HOSTS": "helpdesk.example"}, capture_output=True
    )

    assert done.returncode == 1
    assert b"does not answer" in done.stdout


@pytest.mark.full
def test_kustomize_takes_the_folder():
    try:
        done = subprocess.run(["kubectl", "kustomize", KUBERNETES], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("kubectl is not installed: the folder was only parsed")
    assert done.returncode == 0, done.stderr
    assert "registry.example/helpdesk" in done.stdout
