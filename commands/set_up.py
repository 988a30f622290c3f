"""Makes the environment of the course in .venv. Standard library only: nothing else is there yet.

The stamp in .venv is written last and says what was installed: a call that finds it does nothing
more. Whatever stops a call, the next one goes on. Modules that only the first call needs are
imported where they are used.
"""

import ast
import errno
import hashlib
import locale
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

from commands.lock import only_one

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG, STAMP, MARK = VENV / "setup.log", VENV / "set_up", VENV / "made_by_course_py"
TORCH_INDEX = os.environ.get("COURSE_TORCH_INDEX", "https://download.pytorch.org/whl/cpu")

# What venv and pip make in .venv: all that is removed when the environment is made again.
MADE = [
    "bin",
    "Scripts",
    "include",
    "Include",
    "lib",
    "Lib",
    "lib64",
    "share",
    "etc",
    "pyvenv.cfg",
    "set_up",
    "setup.log",
]
# The settings of pip that count here: where packages come from, and which ones may. The others,
# such as `target`, `prefix` and `user`, could send packages past .venv.
KEPT = (
    "index-url|pypi-url|extra-index-url|no-index|find-links|trusted-host|proxy|cert|client-cert|"
    "keyring-provider|timeout|default-timeout|retries|resume-retries|cache-dir|no-cache-dir|"
    "constraint|build-constraint|require-hashes|only-binary|no-binary|prefer-binary|"
    "uploaded-prior-to|use-feature|use-deprecated"
)
# The longest path below the folder of the course on Windows: a licence inside torch's wheel.
LONGEST = 191

# What the system or pip says, as a pattern: what is wrong, and what to do.
MEANINGS = {
    rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]|WinError 112|No space left|not enough space"
    r"|No usable temporary directory": (
        "The disk is full, or the one for temporary files: make room for 3 GB."
    ),
    "-> .*lib64": (
        "This disk has no symbolic links, which an environment needs: copy the course to your "
        "home folder."
    ),
    rf"\[Errno {errno.EROFS}\]": ("This disk is read-only: copy the course to your home folder."),
    rf"\[Errno ({errno.EACCES}|{errno.EPERM})\]|WinError (5|32)\b": (
        "Access is denied: close the programs that use .venv, and check that you may write to the "
        "folder of the course; if not, copy it to your home folder."
    ),
    "SSL module is not available": (
        "This Python has no ssl module, and so cannot download: install Python from python.org."
    ),
    "CERTIFICATE_": (
        "The server's certificate was refused: check the date of this computer; if your network "
        "has a certificate of its own, set PIP_CERT to its file."
    ),
    "ProxyError|Tunnel connection failed": (
        "The proxy refused the connection: check the variable https_proxy and `pip config list`."
    ),
    r"connection broken by|Max retries exceeded|Read timed out": "Check the internet connection.",
}


class SetUpError(Exception):
    """Says why there is no environment, and what to do."""


def set_up(extra: str) -> None:
    """Install what a command needs, unless the stamp says that it is there."""
    why = bad_path(str(ROOT), os.name, sys.version_info, locale.getencoding(), long_paths())
    if why:
        raise SetUpError(why)
    try:
        if lacking(extra):
            waiting = "Another call is setting up the course. This one waits for it to end."
            with only_one(ROOT / ".venv.lock", waiting):
                stamp = lacking(extra)
                if stamp:
                    install(stamp)
    except OSError as error:
        raise SetUpError(because(str(error))) from None


def lacking(extra: str) -> list[str]:
    """Return the stamp that .venv should have; [] if it has it."""
    names = ("requirements.txt", "constraints.txt", "pyproject.toml")
    files = [(ROOT / name).read_text("utf-8") for name in names if (ROOT / name).exists()]
    key = hashlib.sha256("\0".join([sys.version, str(ROOT), *files]).encode()).hexdigest()
    needed = (PYTHON, VENV / "pyvenv.cfg", STAMP)
    stamp = STAMP.read_text("latin-1").split() if all(map(Path.exists, needed)) else []
    extras = sorted({extra, *(stamp[1:] if stamp[:1] == [key] else [])} - {""})
    return [] if stamp == [key, *extras] else [key, *extras]


def install(stamp: list[str]) -> None:
    """Make the environment, install what the stamp stands for, and write the stamp."""
    refuse_foreign()
    print("Setting up the course in .venv (the first time 1.4 GB, some minutes)", flush=True)
    make_venv()
    extras = stamp[1:]
    options = ["-e", ".[{}]".format(",".join(extras))] if extras else []
    # PyPI's torch for Linux brings gigabytes of CUDA.
    if sys.platform == "linux" and answers(f"{TORCH_INDEX}/torch/"):
        options += ["--extra-index-url", TORCH_INDEX]
    pip_install("-r", "requirements.txt", *options)
    absent = missing(extras)
    if absent:
        raise SetUpError(
            f"pip reports success, but {', '.join(absent)} is not inside .venv. `pip config debug` "
            f"shows the settings of pip. What pip said: {LOG}"
        )
    settings = VENV / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "commands/overrides.json", settings)
    STAMP.with_suffix(".new").write_text("\n".join(stamp))
    os.replace(STAMP.with_suffix(".new"), STAMP)


# The folder of the course


def bad_path(path: str, system: str, version: tuple, encoding: str, long: bool) -> str:
    """Say why no environment can be made in a folder; '' if it can.

    `system` is os.name, `encoding` that of the locale, and `long` says whether Windows allows long
    paths. setuptools writes the path into a .pth file, and before Python 3.12.4 in the locale's
    encoding.
    """
    windows = system == "nt"
    move = "Move the course to C:\\course." if windows else "Rename the folder."
    plain = move if windows else "Rename it with plain letters, or set LC_ALL to C.UTF-8."
    for letter in (";" if windows else ":") + "{}$":  # venv refuses the first, setuptools the rest.
        if letter in path:
            return f"{path!r} contains '{letter}', and no environment can. {move}"
    if any(ord(letter) < 32 for letter in path):
        return f"{path!r} contains a control character. {move}"
    if path != path.rstrip():
        return f"{path!r} ends with a space. {move}"
    if not _fits(path, "utf-8"):
        return f"{path!r} contains bytes that Python cannot read as letters. {plain}"
    if version < (3, 12, 4) and not _fits(path, encoding):
        return f"{path!r} contains letters that this system's encoding {encoding} lacks. {plain}"
    if windows and not long and len(path) + 1 + LONGEST > 259:
        return (
            f"{path!r} has {len(path)} characters, and on this Windows at most {258 - LONGEST} "
            f"leave room for PyTorch's files. {move}"
        )
    return ""


def _fits(path: str, encoding: str) -> bool:
    """Return whether an encoding has all letters of a path."""
    try:
        path.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def long_paths() -> bool:
    """Return whether this system allows paths of more than 259 characters."""
    if sys.platform != "win32":
        return True
    import winreg

    with suppress(OSError):
        name = r"SYSTEM\CurrentControlSet\Control\FileSystem"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, name) as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    return False


# The environment


def make_venv() -> None:
    """Make .venv, or keep the one that this Python made here, less what was cut short in it."""
    if not whole():
        need_ensurepip()
        if Path(sys.prefix).resolve() == VENV.resolve():
            raise SetUpError(
                "you are inside this environment, which must be made again. Deactivate it first: "
                "type `deactivate`, or open another terminal, and call this again."
            )
        import venv

        VENV.mkdir(exist_ok=True)
        MARK.touch()
        clear()
        try:
            venv.create(VENV.resolve(), symlinks=os.name != "nt")  # It refuses a link.
        except ValueError as error:
            raise SetUpError(f"{error}") from None
    # pip writes INSTALLER last: a package without it was cut short, and would pass for whole.
    for info in site_packages().glob("*.dist-info"):
        if not (info / "INSTALLER").exists():
            shutil.rmtree(info)
    if not any(site_packages().glob("pip-*.dist-info")):
        need_ensurepip()
        code, said = run("ensurepip", "--default-pip")
        if code:
            raise SetUpError(f"pip cannot be put into .venv. {because(said)}")


def refuse_foreign() -> None:
    """Refuse a .venv that this program did not make, unless it is an empty folder."""
    if VENV.is_symlink() and not VENV.exists():
        raise SetUpError(
            f"{VENV} is a link to {os.readlink(VENV)}, which is not there. Make that folder, or "
            "delete the link."
        )
    if VENV.exists() and not VENV.is_dir():
        raise SetUpError(f"{VENV} is not a folder. Rename it, and call this again.")
    ours = any(path.exists() for path in (MARK, STAMP, LOG))  # Once there was no mark.
    if VENV.exists() and not ours and any(VENV.iterdir()):
        raise SetUpError(
            f"{VENV} holds files that this program did not make. Rename or delete it, and call "
            "this again."
        )


def whole() -> bool:
    """Return whether .venv is an environment that this Python made in this place."""
    config, activate = VENV / "pyvenv.cfg", PYTHON.with_name("activate")  # venv writes it last.
    if not (PYTHON.exists() and activate.exists() and config.exists()):
        return False
    marks = ["version = {}.{}.{}\n".format(*sys.version_info), f" {VENV.resolve()}\n"]
    text = config.read_text("utf-8", "replace")
    return all(mark in text for mark in marks)


def need_ensurepip() -> None:
    """Refuse a Python without the modules that make an environment: Debian packs them apart."""
    from importlib.util import find_spec

    if not (find_spec("venv") and find_spec("ensurepip")):
        name = "python{}.{}-venv".format(*sys.version_info)
        raise SetUpError(
            "this Python lacks its modules venv and ensurepip. On Debian and Ubuntu, install "
            f"python3-venv (or {name}); elsewhere, install Python from python.org."
        )


def clear() -> None:
    """Remove from .venv what venv and pip made, and nothing else."""
    try:
        # First, since Windows refuses it while a program of the environment runs.
        PYTHON.unlink(missing_ok=True)
    except PermissionError as error:
        raise SetUpError(
            f"a program still runs from .venv ({error}). Close JupyterLab and the terminals in "
            "which .venv is activated, and call this again."
        ) from None
    for path in (VENV / name for name in MADE):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def site_packages() -> Path:
    """Return the folder of .venv that pip installs into."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))


# pip


def environment() -> dict[str, str]:
    """Return the variables for a program of .venv: without those that lead Python elsewhere."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}


def command(module: str, *arguments: str) -> list[str]:
    """Return the call of a module of .venv that no variable and no file of ours can disturb."""
    return [str(PYTHON), "-I", "-X", "utf8", "-m", module, *arguments]


def run(module: str, *arguments: str, **variables: str) -> tuple[int, str]:
    """Run a module of .venv; return its exit code and all that it said."""
    ran = subprocess.run(
        command(module, *arguments),
        env=environment() | variables,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    return ran.returncode, ran.stdout


def pip_variables() -> dict[str, str]:
    """Return the variables for pip: of all its settings, in files too, only those that we keep.

    `pip config list` obeys some settings itself: an empty --python, and these variables, undo them.
    """
    undo = dict.fromkeys(["PIP_USER", "PIP_GLOBAL", "PIP_SITE", "PIP_QUIET"], "0")
    code, said = run("pip", "--python=", "config", "list", **undo)
    if code:
        raise SetUpError(f"pip cannot read its settings. {' '.join(said.split())}")
    lines = re.findall(r"^(global|install|:env:)\.(\S+?)=(['\"].*)$", said, re.MULTILINE)
    order = ["global", "install", ":env:"]  # The later one counts.
    lines.sort(key=lambda line: order.index(line[0]))
    kept = {key: ast.literal_eval(value) for _, key, value in lines if re.fullmatch(KEPT, key)}
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    settings = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in kept.items()}
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return outside | settings | own


def pip_install(*packages: str) -> None:
    """Run pip: a line per package on the screen, all that it says in the log."""
    said: list[str] = []
    with subprocess.Popen(
        command("pip", "install", "--no-input", *packages),
        cwd=ROOT,
        env=pip_variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as pip:
        try:
            for line in pip.stdout or ():
                said.append(line.decode("utf-8", "replace"))
                shown = re.match(
                    r" *(Collecting \S+|Downloading .*MB\)|Installing(?= c))", said[-1]
                )
                if shown:
                    print(" ", shown[1], flush=True)
        except KeyboardInterrupt:
            with suppress(subprocess.TimeoutExpired):
                pip.wait(5)  # The terminal's Ctrl-C reached pip too: let it remove its files.
            pip.kill()
            raise
    text, log = "".join(said), f" All that pip said: {LOG}"
    try:
        LOG.write_text(text, "utf-8")
    except OSError:  # A full disk must not hide what pip said of it.
        log = ""
    if pip.returncode:
        again = "Call this again: it goes on where it stopped."
        raise SetUpError(f"pip says: {because(text)} {again}{log}")


def because(said: str) -> str:
    """Return the lines in which pip says what is wrong, else its last one, and what they mean."""
    lines = re.findall(
        r"^ *(?:error|hint): *(.+)|^ +(the user requested \(constraint\) .+)", said, re.I | re.M
    )
    words = ["".join(line) for line in lines][-3:] or said.strip().split("\n")[-1:]
    todo = next((todo for sign, todo in MEANINGS.items() if re.search(sign, said)), "")
    return " ".join([*(f"{line.strip().rstrip('.')}." for line in words), todo]).strip()


def answers(url: str) -> bool:
    """Return whether a server answers within three seconds."""
    import http.client
    import urllib.request

    try:
        urllib.request.urlopen(url, timeout=3).close()
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return True


def missing(extras: list[str]) -> list[str]:
    """Return the pinned packages that are not inside .venv at their version."""
    import tomllib
    from importlib.metadata import distributions

    lines = (ROOT / "requirements.txt").read_text("utf-8").split("\n")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")).get("project", {})
    optional = project.get("optional-dependencies", {})
    extras = [*extras]
    for extra in extras:  # An extra can name others: "name[slides]".
        for line in optional.get(extra, []):
            lines.append(line)
            extras += re.findall(rf"^{re.escape(project['name'])}\[(.+)\]", line)
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)\s*(?:#.*)?$", "\n".join(lines), re.MULTILINE)
    there = {
        (_normal(one.metadata["Name"] or ""), one.version)
        for one in distributions(path=[str(site_packages())])
    }
    there |= {(name, version.partition("+")[0]) for name, version in there if version}
    return [f"{name} {version}" for name, version in pins if (_normal(name), version) not in there]


def _normal(name: str) -> str:
    """Return the one spelling of a package's name that all of its spellings have."""
    return re.sub(r"[-_.]+", "-", name).lower()
