"""Make the course's environment in .venv. Only the standard library: nothing else is there yet.

The stamp in .venv is written last and says what was installed: a run that finds it does nothing
more, and a run after an interruption continues. Modules that only the first run needs are imported
where they are used.
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

from commands.lock import hold_lock

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG, STAMP, MARK = VENV / "setup.log", VENV / "set_up", VENV / "made_by_course_py"
TORCH_INDEX = os.environ.get("COURSE_TORCH_INDEX", "https://download.pytorch.org/whl/cpu")

# What venv and pip create in .venv. Nothing else is removed when the environment is made again.
VENV_CONTENTS = [
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
# pip's settings that are kept: where packages come from, and which are allowed. Others, such as
# `target`, `prefix` and `user`, could install packages outside .venv.
KEEP = (
    "index-url|pypi-url|extra-index-url|no-index|find-links|trusted-host|proxy|cert|client-cert|"
    "keyring-provider|timeout|default-timeout|retries|resume-retries|cache-dir|no-cache-dir|"
    "constraint|build-constraint|require-hashes|only-binary|no-binary|prefer-binary|"
    "uploaded-prior-to|use-feature|use-deprecated"
)
# Characters of the longest path in the course's folder on Windows: a licence in torch's wheel.
LONGEST_PATH = 191

# A pattern in what the system or pip says: what is wrong and what to do.
ADVICE = {
    rf"\[Errno ({errno.ENOSPC}|{errno.EDQUOT})\]|WinError 112|No space left|not enough space"
    r"|No usable temporary directory": (
        "The disk is full, or the one for temporary files is: free up 3 GB."
    ),
    "-> .*lib64": (
        "This disk does not support symbolic links, which an environment needs: copy the course to "
        "your home folder."
    ),
    rf"\[Errno {errno.EROFS}\]": ("This disk is read-only: copy the course to your home folder."),
    rf"\[Errno ({errno.EACCES}|{errno.EPERM})\]|WinError (5|32)\b": (
        "Access is denied: close the programs that use .venv, and check that you may write to the "
        "course's folder; if not, copy it to your home folder."
    ),
    "SSL module is not available": (
        "This Python has no ssl module, so it cannot download: install Python from python.org."
    ),
    "CERTIFICATE_": (
        "The server's certificate was rejected: check this computer's date; if your network has "
        "its own certificate, set PIP_CERT to its file."
    ),
    "ProxyError|Tunnel connection failed": (
        "The proxy refused the connection: check the variable https_proxy and `pip config list`."
    ),
    r"connection broken by|Max retries exceeded|Read timed out": "Check the internet connection.",
}


class SetUpError(Exception):
    """Set-up failed; the message says why and what to do."""


def set_up(extra: str) -> None:
    """Install what a command needs, unless the stamp says it is there."""
    problem = path_problem(
        str(ROOT), os.name, sys.version_info, locale.getencoding(), has_long_paths()
    )
    if problem:
        raise SetUpError(problem)
    try:
        if missing_stamp(extra):
            waiting = "Another run is setting up the course; waiting for it to finish."
            with hold_lock(ROOT / ".venv.lock", waiting):
                stamp = missing_stamp(extra)
                if stamp:
                    install(stamp)
    except OSError as error:
        raise SetUpError(explain(str(error))) from None


def missing_stamp(extra: str) -> list[str]:
    """Return the stamp that .venv needs for a command's extra; [] if it has it."""
    names = ("requirements.txt", "constraints.txt", "pyproject.toml")
    files = [(ROOT / name).read_text("utf-8") for name in names if (ROOT / name).exists()]
    key = hashlib.sha256("\0".join([sys.version, str(ROOT), *files]).encode()).hexdigest()
    needed = (PYTHON, VENV / "pyvenv.cfg", STAMP)
    stamp = STAMP.read_text("latin-1").split() if all(map(Path.exists, needed)) else []
    extras = sorted({extra, *(stamp[1:] if stamp[:1] == [key] else [])} - {""})
    return [] if stamp == [key, *extras] else [key, *extras]


def install(stamp: list[str]) -> None:
    """Make the environment, install what the stamp lists, and write the stamp."""
    refuse_foreign_venv()
    print("Setting up the course in .venv (the first time: 1.4 GB, a few minutes)", flush=True)
    make_venv()
    extras = stamp[1:]
    options = ["-e", ".[{}]".format(",".join(extras))] if extras else []
    # PyPI's torch for Linux comes with gigabytes of CUDA.
    if sys.platform == "linux" and responds(f"{TORCH_INDEX}/torch/"):
        options += ["--extra-index-url", TORCH_INDEX]
    pip_install("-r", "requirements.txt", *options)
    absent = missing_packages(extras)
    if absent:
        raise SetUpError(
            f"pip reports success, but {', '.join(absent)} is not inside .venv. `pip config debug` "
            f"shows pip's settings. pip's output: {LOG}"
        )
    STAMP.with_suffix(".new").write_text("\n".join(stamp))
    os.replace(STAMP.with_suffix(".new"), STAMP)


# The course's folder


def path_problem(path: str, system: str, version: tuple, encoding: str, long: bool) -> str:
    """Return why no environment can be made in a folder, '' if it can.

    `system` is os.name, `encoding` is the locale's, and `long` says whether Windows allows long
    paths. setuptools writes the path into a .pth file, before Python 3.12.4 in the locale's
    encoding.
    """
    windows = system == "nt"
    move = "Move the course to C:\\course." if windows else "Rename the folder."
    plain = move if windows else "Rename it using plain letters, or set LC_ALL to C.UTF-8."
    for letter in (";" if windows else ":") + "{}$":  # venv refuses the first, setuptools the rest.
        if letter in path:
            return f"{path!r} contains '{letter}', which an environment does not allow. {move}"
    if any(ord(letter) < 32 for letter in path):
        return f"{path!r} contains a control character. {move}"
    if path != path.rstrip():
        return f"{path!r} ends with a space. {move}"
    if not _can_encode(path, "utf-8"):
        return f"{path!r} contains bytes that Python cannot read as letters. {plain}"
    if version < (3, 12, 4) and not _can_encode(path, encoding):
        return (
            f"{path!r} contains letters that are not in this system's encoding, {encoding}. {plain}"
        )
    if windows and not long and len(path) + 1 + LONGEST_PATH > 259:
        return (
            f"{path!r} has {len(path)} characters; on this Windows it may have "
            f"{258 - LONGEST_PATH}, to leave room for PyTorch's files. {move}"
        )
    return ""


def _can_encode(path: str, encoding: str) -> bool:
    """Return whether an encoding has every letter of a path."""
    try:
        path.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def has_long_paths() -> bool:
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
    """Make .venv, or keep the one this Python made here, without half-installed packages."""
    if not is_complete():
        require_ensurepip()
        if Path(sys.prefix).resolve() == VENV.resolve():
            raise SetUpError(
                "this environment must be made again, and you are inside it. Leave it first: type "
                "`deactivate`, or open another terminal. Then run the command again."
            )
        import venv

        VENV.mkdir(exist_ok=True)
        MARK.touch()
        clear_venv()
        try:
            venv.create(VENV.resolve(), symlinks=os.name != "nt")  # It rejects a link.
        except ValueError as error:
            raise SetUpError(f"{error}") from None
    # pip writes INSTALLER last: a package without it is incomplete, but pip would accept it.
    for info in site_packages().glob("*.dist-info"):
        if not (info / "INSTALLER").exists():
            shutil.rmtree(info)
    if not any(site_packages().glob("pip-*.dist-info")):
        require_ensurepip()
        code, output = run_module("ensurepip", "--default-pip")
        if code:
            raise SetUpError(f"pip could not be installed into .venv. {explain(output)}")


def refuse_foreign_venv() -> None:
    """Raise if this program did not make .venv, unless that is an empty folder."""
    if VENV.is_symlink() and not VENV.exists():
        raise SetUpError(
            f"{VENV} is a link to {os.readlink(VENV)}, which does not exist. Make that folder, or "
            "delete the link."
        )
    if VENV.exists() and not VENV.is_dir():
        raise SetUpError(f"{VENV} is not a folder. Rename it, then run the command again.")
    ours = any(path.exists() for path in (MARK, STAMP, LOG))  # Early versions left no mark.
    if VENV.exists() and not ours and any(VENV.iterdir()):
        raise SetUpError(
            f"{VENV} holds files that this program did not make. Rename or delete it, then run "
            "the command again."
        )


def is_complete() -> bool:
    """Return whether .venv is a complete environment that this Python made here."""
    config, activate = VENV / "pyvenv.cfg", PYTHON.with_name("activate")  # venv writes it last.
    if not (PYTHON.exists() and activate.exists() and config.exists()):
        return False
    marks = ["version = {}.{}.{}\n".format(*sys.version_info), f" {VENV.resolve()}\n"]
    text = config.read_text("utf-8", "replace")
    return all(mark in text for mark in marks)


def require_ensurepip() -> None:
    """Raise if Python lacks the modules for environments, which Debian packages separately."""
    from importlib.util import find_spec

    if not (find_spec("venv") and find_spec("ensurepip")):
        name = "python{}.{}-venv".format(*sys.version_info)
        raise SetUpError(
            "this Python lacks the modules venv and ensurepip. On Debian and Ubuntu, install "
            f"python3-venv (or {name}); elsewhere, install Python from python.org."
        )


def clear_venv() -> None:
    """Remove from .venv what venv and pip made, and nothing else."""
    try:
        # First, because Windows refuses while a program from the environment is running.
        PYTHON.unlink(missing_ok=True)
    except PermissionError as error:
        raise SetUpError(
            f"a program from .venv is still running ({error}). Close JupyterLab and every terminal "
            "where .venv is activated, then run the command again."
        ) from None
    for path in (VENV / name for name in VENV_CONTENTS):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def site_packages() -> Path:
    """Return the folder in .venv that pip installs into."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))


# pip


def environment() -> dict[str, str]:
    """Return the environment variables for .venv's programs, without Python's own paths."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}


def module_command(module: str, *arguments: str) -> list[str]:
    """Return a command for .venv's module that ignores variables and files in the folder."""
    return [str(PYTHON), "-I", "-X", "utf8", "-m", module, *arguments]


def run_module(module: str, *arguments: str, **variables: str) -> tuple[int, str]:
    """Run a module in .venv; return its exit code and everything it printed."""
    result = subprocess.run(
        module_command(module, *arguments),
        env=environment() | variables,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    return result.returncode, result.stdout


def pip_variables() -> dict[str, str]:
    """Return the environment variables for pip, with only those of its settings that we keep.

    `pip config list` obeys some settings itself: an empty --python and these variables undo them.
    """
    undo = dict.fromkeys(["PIP_USER", "PIP_GLOBAL", "PIP_SITE", "PIP_QUIET"], "0")
    code, output = run_module("pip", "--python=", "config", "list", **undo)
    if code:
        raise SetUpError(f"pip cannot read its settings. {' '.join(output.split())}")
    lines = re.findall(r"^(global|install|:env:)\.(\S+?)=(['\"].*)$", output, re.MULTILINE)
    order = ["global", "install", ":env:"]  # The last one wins.
    lines.sort(key=lambda line: order.index(line[0]))
    kept = {key: ast.literal_eval(value) for _, key, value in lines if re.fullmatch(KEEP, key)}
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    settings = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in kept.items()}
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return outside | settings | own


def pip_install(*packages: str) -> None:
    """Run pip, showing a line for each package and writing all its output into the log."""
    printed: list[str] = []
    with subprocess.Popen(
        module_command("pip", "install", "--no-input", *packages),
        cwd=ROOT,
        env=pip_variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as pip:
        try:
            for line in pip.stdout or ():
                printed.append(line.decode("utf-8", "replace"))
                shown = re.match(
                    r" *(Collecting \S+|Downloading .*MB\)|Installing(?= c))", printed[-1]
                )
                if shown:
                    print(" ", shown[1], flush=True)
        except KeyboardInterrupt:
            with suppress(subprocess.TimeoutExpired):
                pip.wait(5)  # Ctrl-C reached pip, too: let it remove its files.
            pip.kill()
            raise
    text, log = "".join(printed), f" pip's output: {LOG}"
    try:
        LOG.write_text(text, "utf-8")
    except OSError:  # A full disk must not hide pip's message about it.
        log = ""
    if pip.returncode:
        again = "Run the command again to continue."
        raise SetUpError(f"pip says: {explain(text)} {again}{log}")


def explain(output: str) -> str:
    """Return pip's error lines, or else its last line, and what to do about them."""
    lines = re.findall(
        r"^ *(?:error|hint): *(.+)|^ +(the user requested \(constraint\) .+)", output, re.I | re.M
    )
    words = ["".join(line) for line in lines][-3:] or output.strip().split("\n")[-1:]
    todo = next((todo for pattern, todo in ADVICE.items() if re.search(pattern, output)), "")
    return " ".join([*(f"{line.strip().rstrip('.')}." for line in words), todo]).strip()


def responds(url: str) -> bool:
    """Return whether a server responds within three seconds."""
    import http.client
    import urllib.request

    try:
        urllib.request.urlopen(url, timeout=3).close()
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return True


def missing_packages(extras: list[str]) -> list[str]:
    """Return the pinned packages that .venv does not hold in their pinned version."""
    import tomllib
    from importlib.metadata import distributions

    lines = (ROOT / "requirements.txt").read_text("utf-8").split("\n")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")).get("project", {})
    optional = project.get("optional-dependencies", {})
    extras = [*extras]
    for extra in extras:  # An extra can include others: "name[slides]".
        for line in optional.get(extra, []):
            lines.append(line)
            extras += re.findall(rf"^{re.escape(project['name'])}\[(.+)\]", line)
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)\s*(?:#.*)?$", "\n".join(lines), re.MULTILINE)
    installed = {
        (_normal(one.metadata["Name"] or ""), one.version)
        for one in distributions(path=[str(site_packages())])
    }
    installed |= {(name, version.partition("+")[0]) for name, version in installed if version}
    return [
        f"{name} {version}" for name, version in pins if (_normal(name), version) not in installed
    ]


def _normal(name: str) -> str:
    """Return the standard spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()
