"""Whether docker-compose.yml is sound without a container engine.

Owns: the specification check and what the specification does not say. Runs in the project's
virtual environment. Does not own: starting anything.
"""

from __future__ import annotations

from pathlib import Path

from . import paths

COMPOSE = paths.ROOT / "docker-compose.yml"
WANTED = {
    "caddy",
    "control-web",
    "control-worker",
    "mailpit",
    "node",
    "pg-control",
    "pg-tenants",
    "seaweedfs",
}
ONE_SHOT = {"prepare"}


def problems(path: Path = COMPOSE) -> list[str]:
    """What is wrong with the file, in sentences; an empty list when it is sound."""
    import compose_spec

    text = path.read_text()
    try:
        options = compose_spec.PyOptions(apply_merge=True)
        compose = options.from_yaml(text)
        compose.validate()
    except Exception as error:  # noqa: BLE001 - the library names no error class of its own
        return [f"It does not follow the specification: {error}"]
    services = compose.to_dict()["services"]
    found = [f"The service {name} is missing." for name in sorted(WANTED - set(services))]
    for name, service in services.items():
        found += [f"{name}: {trouble}" for trouble in _service_problems(name, service, services)]
    return found + _secret_problems(compose.to_dict(), path.parent)


def _service_problems(name: str, service: dict, services: dict) -> list[str]:
    found = []
    if name not in ONE_SHOT and not service.get("healthcheck"):
        found.append("it has no health check.")
    found += [f"it waits for {other}, which is not there." for other in _waits(service, services)]
    for key, value in (service.get("environment") or {}).items():
        if "PASSWORD" in key.upper() and not key.endswith("_FILE"):
            found.append(f"the secret {key} stands in its environment ({value!r}).")
    for place in _mounted_files(service):
        if not (paths.ROOT / place).exists():
            found.append(f"the file {place} it mounts is missing.")
    build = service.get("build")
    if isinstance(build, dict) and not (paths.ROOT / build.get("dockerfile", "")).is_file():
        found.append("its Dockerfile is missing.")
    return found


def _waits(service: dict, services: dict) -> list[str]:
    return [other for other in service.get("depends_on") or {} if other not in services]


def _mounted_files(service: dict) -> list[str]:
    """Paths of this repository among the service's volumes."""
    words = [volume for volume in service.get("volumes") or [] if isinstance(volume, str)]
    return [word.split(":")[0] for word in words if word.startswith("./")]


def _secret_problems(compose: dict, folder: Path) -> list[str]:
    ignored = (folder / ".gitignore").read_text().splitlines()
    known = set(compose.get("secrets") or {})
    found = []
    if "/secrets/" not in ignored:
        found.append("secrets/ is not in .gitignore.")
    for name, service in compose["services"].items():
        words = service.get("secrets", [])
        used = {one if isinstance(one, str) else one["source"] for one in words}
        found += [f"{name}: the secret {lost} is not declared." for lost in sorted(used - known)]
    return found


if __name__ == "__main__":
    raise SystemExit("\n".join(problems()) or 0)
