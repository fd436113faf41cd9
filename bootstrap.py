"""From a bare Python to a ready `.venv`: what `./run` and `./test` do first. Standard library only.

    python3 bootstrap.py run  [--setup-only] [options of `sanfu manage serve`]
    python3 bootstrap.py test [--setup-only] [options of `python -m tests`]
    python3 bootstrap.py test --bench NAME [options of the benchmark]

Every package comes from a lock file with hashes. A stamp in `.venv` says which lock was installed, so that a
later start costs nothing. There is no build step: a `.pth` file puts the checkout on the path.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / "sanfu-stamp"
# Which lock files a command needs. The runtime lock comes first: the others are solved on top of it.
LOCKS = {
    "run": ["requirements.lock"],
    "test": ["requirements.lock", "requirements-test.lock"],
    "bench": ["requirements.lock", "requirements-test.lock", "requirements-bench.lock"],
}
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", file=sys.stderr, flush=True)


def stop(what: str) -> None:
    print(f"\n{what}", file=sys.stderr)
    sys.exit(1)


def works(python: Path) -> bool:
    """Whether the Python of `.venv` starts and has pip (a moved checkout or a system upgrade breaks it)."""
    try:
        probe = subprocess.run(
            [python, "-c", "import pip, sys; print(sys.prefix)"], capture_output=True, text=True
        )
    except OSError:
        return False
    return probe.returncode == 0 and Path(probe.stdout.strip()) == VENV


def make_environment() -> None:
    """Create `.venv`; on a minimal Debian, where `ensurepip` is its own package, ask the system for it."""
    say("creating .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        install_system_packages(["python3-venv"], "Python's venv module is incomplete (no ensurepip)")
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, OSError) as failure:
        stop(
            f"Could not create {VENV}: {failure}\n"
            "Install Python's venv support and start again. Debian/Ubuntu: apt-get install python3-venv"
        )


def install_system_packages(names: list[str], why: str) -> None:
    """apt-get as root; anybody else is told what is missing and how to get it."""
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        stop(f"{why}. Please install {' '.join(names)} with the system's package manager and start again.")
    say(f"{why}: installing {' '.join(names)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *names]):
        done = subprocess.run(
            ["apt-get", *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True
        )
        if done.returncode != 0:
            stop(f"apt-get {' '.join(words)} failed:\n{done.stderr.decode(errors='replace')}")


def with_pips_index() -> dict[str, str]:
    """Environment for uv. uv does not read pip's configuration: a mirror set there is passed on."""
    environment = os.environ | {"UV_HTTP_TIMEOUT": "180", "VIRTUAL_ENV": str(VENV)}
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    mirror = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    if mirror and "UV_INDEX_URL" not in environment:
        environment.setdefault("UV_DEFAULT_INDEX", mirror)
    return environment


def install(lock: str) -> None:
    """Install one lock file: by uv, and by pip itself when uv cannot (slower, same hashes)."""
    say(f"installing {lock}")
    if not UV.exists():
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", ROOT / "requirements-uv.lock"], stdin=subprocess.DEVNULL)
    words = [UV, "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", ROOT / lock]
    if UV.exists() and subprocess.run(words, env=with_pips_index(), stdin=subprocess.DEVNULL).returncode == 0:
        return
    say("uv could not; trying pip")
    pip = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        ROOT / lock,
    ]
    if subprocess.run(pip, stdin=subprocess.DEVNULL).returncode != 0:
        stop(
            f"The packages of {lock} could not be installed (see above).\n"
            "Check the network or set a mirror: PIP_INDEX_URL=https://… ; then start again: "
            "what is already there is kept."
        )


def put_checkout_on_the_path() -> None:
    packages = next((VENV / "lib").glob("python3.*")) / "site-packages"
    (packages / "sanfu-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = VENV / "bin" / "sanfu"
    lines = [
        f"#!{PYTHON}",
        "import sys",
        "",
        "from sanfu.adapters.commandline.main import main",
        "",
        "sys.exit(main())",
    ]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    script.chmod(0o755)


def stamp_of(lock: str) -> str:
    return f"{lock} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}"


def prepare(purpose: str) -> None:
    """Have `.venv` hold the locked packages for `purpose`; does nothing when its stamps say so already."""
    try:
        stamps = STAMP.read_text(encoding="utf-8").splitlines()
    except OSError:
        stamps = []
    wanted = [stamp_of(lock) for lock in LOCKS[purpose]]
    here = f"at {ROOT}"
    if here in stamps and set(wanted) <= set(stamps) and PYTHON.exists():
        return
    if here not in stamps or not works(PYTHON):
        make_environment()
        stamps = []
    put_checkout_on_the_path()
    kept = [line for line in stamps if line.partition(" ")[0] not in LOCKS[purpose] and line != here]
    for lock, stamp in zip(LOCKS[purpose], wanted, strict=True):
        if stamp not in stamps:
            install(lock)
    STAMP.write_text("\n".join([here, *kept, *wanted]) + "\n", encoding="utf-8")
    say("packages are ready")


def main() -> None:
    command, words = sys.argv[1], sys.argv[2:]
    bench = command == "test" and words[:1] == ["--bench"]
    prepare("bench" if bench else command)
    os.environ["SANFU_STARTED"] = str(time.time() - (time.monotonic() - STARTED))
    module = {"run": ["sanfu.adapters.commandline.main", "manage", "serve"], "test": ["tests"]}[command]
    if bench:
        module, words = ["bench"], words[1:]
    # Compiled modules are kept beside the other state, so that a later start does not compile them again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".state" / "pycache"))
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", *module, *words])


if __name__ == "__main__":
    main()
