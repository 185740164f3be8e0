"""The image and the CronJob agree with each other and the command; hadolint: `make actions`."""

import re
from datetime import timedelta
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import yaml

from newcomer import ROOT
from pipeline_health.core.model.address import parse_address
from pipeline_health.core.model.policy import Limits
from pipeline_health.page.guard import HEALTH
from pipeline_health.settings import sources
from pipeline_health.settings.configuration import Configuration
from tables import keys_of

DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
CRONJOB = ROOT / "deploy/kubernetes/cronjob.yaml"
DEPLOYMENT = ROOT / "deploy/kubernetes/deployment.yaml"
OLDEST, NEWEST = "1.29", "1.34"
MEGABYTES = 300


def manifests() -> list[Any]:
    """Give the objects of the manifest."""
    return list(yaml.safe_load_all(CRONJOB.read_text()))


def test_kubernetes_takes_the_manifests() -> None:
    """Held against the published schemas of an old and a new version, unknown keys refused."""
    for manifest in manifests():
        for version in (OLDEST, NEWEST):
            kubernetes_validate.validate(manifest, version, strict=True)


def test_a_service_with_a_page_is_the_same_pod_with_probes() -> None:
    """Everything but what it runs, and who asks whether it is well."""
    deployment, service = yaml.safe_load_all(DEPLOYMENT.read_text())
    for manifest in (deployment, service):
        for version in (OLDEST, NEWEST):
            kubernetes_validate.validate(manifest, version, strict=True)
    pod = deployment["spec"]["template"]["spec"]
    job = manifests()[1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (own,), (theirs,) = pod.pop("containers"), job.pop("containers")
    del job["restartPolicy"]
    assert pod == job
    alike = ("image", "securityContext", "volumeMounts")
    assert [own[key] for key in alike] == [theirs[key] for key in alike]
    assert own["resources"]["limits"] == theirs["resources"]["limits"]
    spec = deployment["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
    command, option, place = own["args"]
    address = parse_address(place)
    assert (command, option) == ("serve", "--listen")
    assert address is not None
    assert [port["containerPort"] for port in own["ports"]] == [address.port]
    assert not address.is_loopback
    for probe in ("readinessProbe", "livenessProbe"):
        assert own[probe]["httpGet"] == {"path": HEALTH, "port": "page"}
    assert service["spec"]["selector"] == spec["template"]["metadata"]["labels"]


def test_a_job_is_bounded_alone_and_without_rights() -> None:
    """One at a time, ended by a deadline, not root, nothing writable but the state, no token."""
    _, cronjob = manifests()
    spec = cronjob["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    poll = keys_of(Configuration)["poll_interval"].default
    assert spec["schedule"] == f"*/{poll // timedelta(minutes=1)} * * * *"
    assert 10 <= spec["startingDeadlineSeconds"] < poll.total_seconds()
    job = spec["jobTemplate"]["spec"]
    assert job["activeDeadlineSeconds"] > Limits().cycle_deadline.total_seconds()
    assert job["backoffLimit"] == 0
    pod = job["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"] == f"{MEGABYTES}Mi"
    assert "env" not in container
    assert "envFrom" not in container


def test_what_the_image_expects_is_where_the_job_puts_it() -> None:
    """User, state, configuration and secrets are the same in both."""
    _, cronjob = manifests()
    pod = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    user = pod["securityContext"]["runAsUser"]
    assert f"\nUSER {user}:{user}\n" in DOCKERFILE
    environment = dict(re.findall(r"^ *(?:ENV )?([A-Z_]+)=(/\S+)", DOCKERFILE, re.MULTILINE))
    mounted = {it["mountPath"] for it in pod["containers"][0]["volumeMounts"]}
    home = ROOT / "nowhere"
    paths = [
        sources.configuration_path(None, environment, home=home),
        sources.ledger_path(environment, home=home),
    ]
    assert {str(path.parent) for path in paths} <= mounted
    assert environment["CREDENTIALS_DIRECTORY"] in mounted
    assert environment["HOME"] == str(paths[1].parent)
    (secret,) = [it["secret"] for it in pod["volumes"] if "secret" in it]
    assert not secret["defaultMode"] & 0o007


def test_the_image_is_made_of_exact_versions_and_runs_as_nobody() -> None:
    """Hashes, two stages, exec form, no check of health for what ends by itself."""
    assert '--require-hashes --requirement "$VERSIONS"' in DOCKERFILE
    assert "compileall" in DOCKERFILE
    assert len(re.findall(r"^FROM python:3\.\d+-slim\b", DOCKERFILE, re.MULTILINE)) == 2
    for instruction in ("ENTRYPOINT", "CMD"):
        assert re.search(rf'^{instruction} \["[^\n]+"\]$', DOCKERFILE, re.MULTILINE)
    assert not re.search("^HEALTHCHECK", DOCKERFILE, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [
        path
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for path in line.split()
    ]
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == set(copied)
    assert all((ROOT / path).exists() for path in copied)
