"""The servers from published packages, each into a folder named for its version, so that a second run finds it."""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.command import Trouble, need, output, run, say
from services.places import CACHE, HERE, versions

# Weaviate binds these two to every interface and has no setting for it.
OPEN_TO_ALL = ("adapters/handlers/grpc/server.go", "adapters/handlers/rest/clusterapi/serve.go")


def everything() -> None:
    """Raises Trouble that says, for each that failed, what is missing."""
    (CACHE / "log").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(install) for install in (neo4j, weaviate, redis)]
    troubles = [str(trouble) for job in jobs if isinstance(trouble := job.exception(), Trouble)]
    if troubles:
        raise Trouble("\n".join(troubles))
    for job in jobs:
        job.result()


def neo4j() -> None:
    version = versions()["neo4j"]
    jars = CACHE / "neo4j" / version
    if not output(str(HERE / "java")):
        raise Trouble("Neo4j needs a JDK 21 or newer (25 is what the tests ran on): install one, or set JAVA_HOME")
    if jars.exists():
        return
    maven = need("mvn", "install Maven 3.8 or newer: Neo4j comes from Maven Central")
    log, fresh = CACHE / "log" / "install-neo4j.log", _fresh(jars)
    say(f"neo4j     installing {version} from Maven Central, 155 MB (log: {log}) ...")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    run(maven, "-B", "-q", "-f", str(HERE / "neo4j.pom.xml"), f"-Dneo4j.version={version}", *goal, log=log)
    fresh.rename(jars)


def weaviate() -> None:
    version = versions()["weaviate"]
    installed = CACHE / "weaviate" / version
    if installed.exists():
        return
    go = need("go", "install Go 1.25 or newer: Weaviate is built from its published module")
    log, fresh = CACHE / "log" / "install-weaviate.log", _fresh(installed)
    say(f"weaviate  building {version} from its Go module, 3 minutes the first time (log: {log}) ...")
    environ = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    source = _source(go, version, log=log, environ=environ, into=fresh / "source")
    flags = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", str(fresh / "weaviate-server")]
    run(go, "build", *flags, "./cmd/weaviate-server", log=log, environ=environ, folder=source)
    shutil.rmtree(source)
    fresh.rename(installed)


def _source(go: str, version: str, *, log: Path, environ: dict[str, str], into: Path) -> Path:
    """The module's source with its two open listeners on loopback."""
    run(go, "mod", "download", "-json", f"github.com/weaviate/weaviate@v{version}", log=log, environ=environ)
    folder = re.search(r'"Dir": "(.+)"', log.read_text("utf-8"))
    if folder is None:
        raise Trouble(f"go told no folder for Weaviate's module: see {log}")
    shutil.copytree(folder[1], into, copy_function=shutil.copyfile)
    for copied in (into, *filter(Path.is_dir, into.rglob("*"))):
        copied.chmod(0o755)  # Go keeps its own copy read-only
    for name in OPEN_TO_ALL:
        text = (into / name).read_text("utf-8")
        if 'Sprintf(":%d"' not in text:
            raise Trouble(
                f"Weaviate {version} listens in another way than before: see {name}, then services/install.py"
            )
        (into / name).write_text(text.replace('Sprintf(":%d"', 'Sprintf("127.0.0.1:%d"'), "utf-8")
    return into


def redis() -> None:
    version = versions()["redis"]
    if shutil.which("redis-server") is None:
        _redis_from_debian()
    found = re.search(r"v=((\d+)[\d.]+)", output("redis-server", "--version"))
    if found is None or int(found[2]) < int(version.split(".", maxsplit=1)[0]):
        raise Trouble(f"redis-server is {found[1] if found else 'broken'}: install {version} or newer")
    if found[1] != version:
        say(f"redis     this machine has {found[1]}, the tests ran on {version}")


def _redis_from_debian() -> None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise Trouble(
            "redis-server was not found: install it (Debian, Ubuntu: sudo apt-get install redis-server; macOS: brew install redis)"
        )
    log = CACHE / "log" / "install-redis.log"
    say(f"redis     installing Debian's redis-server (log: {log}) ...")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # The package would start a server of its own on the usual port.
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n", "utf-8")
        policy.chmod(0o755)
    try:
        run(apt, "update", "-q", log=log, environ=environ)
        run(apt, "install", "-q", "-y", "--no-install-recommends", "redis-server", log=log, environ=environ)
    finally:
        if ours:
            policy.unlink()


def _fresh(folder: Path) -> Path:
    """A place beside `folder` to be renamed to it when complete: what a broken run left is thrown away."""
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    return fresh
