"""How set-up calls pip, where packages go, and what it says when pip fails."""

import os
import shutil
import sys

import pytest

from commands import set_up
from tests.support.tiers import slow_after
from tests.support.wheels import make_wheel

DIST_INFO = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"


@pytest.fixture
def ready(set_up_course):
    """A course that lacks one package and the stamp."""
    for path in set_up_course.site_packages().glob("jupyterlab*"):
        shutil.rmtree(path)
    (set_up_course.venv / "set_up").unlink(missing_ok=True)
    return set_up_course


def assert_inside(course, **variables):
    """Set-up succeeds, and the package is in the environment."""
    answer = course.call("lab", "--allow-root", **variables)
    assert answer.returncode == 0, answer.stderr
    assert (course.site_packages() / "jupyterlab-1.0.dist-info").exists()
    return answer


def failure(course, **variables):
    """Return the one line in which set-up says why it stopped."""
    answer = course.call("lab", **variables)
    assert answer.returncode == 1, answer.stdout
    assert answer.stderr.startswith("Set-up stopped: ")
    assert answer.stderr.count("\n") == 1
    assert not (course.venv / "set_up").exists()
    return answer.stderr


ELSEWHERE = {
    "user": "1",
    "target": "{}/target",
    "prefix": "{}/prefix",
    "root": "{}/root",
    "dry-run": "1",
    "quiet": "3",
    "python": "{}/python",
    "requirement": "{}/requirement",
    "ignore-installed": "1",
}


@pytest.mark.parametrize("setting", slow_after(1, ["prefix", "target", "user"]))
def test_no_variable_makes_pip_install_elsewhere(ready, tmp_path, setting):
    assert_inside(ready, **{f"PIP_{setting.upper()}": ELSEWHERE[setting].format(tmp_path)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("section", ["global", "install"])
def test_no_settings_file_makes_pip_install_elsewhere(ready, tmp_path, section):
    settings = tmp_path / "pip.conf"
    lines = [f"{key} = {value.format(tmp_path)}" for key, value in ELSEWHERE.items()]
    settings.write_text("\n".join([f"[{section}]", *lines]))
    assert_inside(ready, PIP_CONFIG_FILE=str(settings))
    assert list(tmp_path.iterdir()) == [settings]


@pytest.mark.slow
def test_a_package_on_pythonpath_does_not_count_as_installed(ready, tmp_path):
    info = tmp_path / "jupyterlab-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(DIST_INFO.format("jupyterlab", "1.0"))
    assert_inside(ready, PYTHONPATH=str(tmp_path))


@pytest.mark.parametrize("place", slow_after(1, ["on PYTHONPATH", "beside course.py"]))
def test_modules_named_like_pythons_own_do_no_harm(ready, tmp_path, place):
    folder = tmp_path if place == "on PYTHONPATH" else ready.folder
    names = ["json", "platform", "random", "logging", "pip", "venv", "jupyterlab"]
    shadows = [folder / f"{name}.py" for name in names]
    for path in shadows:
        path.write_text(f"raise RuntimeError({str(path)!r})")
    try:
        assert assert_inside(ready, PYTHONPATH=str(tmp_path)).stderr == ""
    finally:
        for path in shadows:
            path.unlink()


@pytest.mark.slow
def test_the_users_source_of_packages_is_kept(ready, tmp_path):
    make_wheel(tmp_path / "stick", "another", "1.0", {"another.py": ""})
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[install]\nno-index = true\nfind-links =\n  {tmp_path / 'stick'}\n")
    pins = ready.requirements.read_text()
    ready.requirements.write_text(pins + "another==1.0\n")
    try:
        assert_inside(ready, PIP_CONFIG_FILE=str(settings))
    finally:
        ready.requirements.write_text(pins)


def test_how_an_index_is_reached_stays_the_users_choice(tmp_path, monkeypatch):
    kept = {"index-url": "https://mirror", "proxy": "http://proxy:3128", "cert": "/own.pem"}
    kept |= {"client-cert": "/me.pem", "trusted-host": "mirror", "timeout": "99"}
    settings = tmp_path / "pip.conf"
    lines = [f"{key} = {value}" for key, value in {**kept, **ELSEWHERE}.items()]
    settings.write_text("\n".join(["[global]", *lines]))
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setattr(set_up, "PYTHON", sys.executable)
    variables = set_up.pip_variables()
    for key, value in kept.items():
        assert variables[f"PIP_{key.upper().replace('-', '_')}"] == value
    assert not {f"PIP_{key.upper().replace('-', '_')}" for key in ELSEWHERE} & {*variables}
    assert variables["PIP_CONFIG_FILE"] == os.devnull


@pytest.mark.slow
def test_a_users_constraint_is_kept_and_its_conflict_reported(ready, tmp_path):
    (tmp_path / "constraints.txt").write_text("jupyterlab<1\n")
    message = failure(ready, PIP_CONSTRAINT=str(tmp_path / "constraints.txt"))
    assert "conflicting dependencies" in message
    assert "The user requested (constraint) jupyterlab<1" in message
    assert "internet" not in message


@pytest.mark.slow
def test_a_users_demand_for_hashes_is_kept_and_reported(ready):
    message = failure(ready, PIP_REQUIRE_HASHES="1")
    assert "requiring hashes" in message or "Hashes are required" in message
    assert "internet" not in message


@pytest.mark.slow
def test_a_settings_file_that_pip_cannot_read_is_reported(ready, tmp_path):
    (tmp_path / "pip.conf").write_text("[global\n")
    message = failure(ready, PIP_CONFIG_FILE=str(tmp_path / "pip.conf"))
    assert "pip cannot read its settings" in message
    assert str(tmp_path / "pip.conf") in message


@pytest.mark.slow
def test_the_internet_is_blamed_only_if_pip_got_no_response(ready):
    pins = ready.requirements.read_text()
    ready.requirements.write_text(pins + "absent==1.0\n")
    try:
        message = failure(ready, PIP_RETRIES="1")
        assert "No matching distribution found for absent==1.0. Check the internet" in message
        assert f"Run the command again to continue. pip's output: {ready.log}" in message
        assert "No matching distribution" in ready.log.read_text()
        message = failure(ready, PIP_NO_INDEX="1")
        assert "No matching distribution found for absent==1.0." in message
        assert "internet" not in message
    finally:
        ready.requirements.write_text(pins)
    assert_inside(ready)


@pytest.mark.slow
def test_a_full_disk_is_reported_even_if_the_log_cannot_be_written(ready):
    ready.log.unlink()
    ready.log.mkdir()
    (ready.folder / "full").touch()
    try:
        message = failure(ready)
        assert "The disk is full" in message
        assert str(ready.log) not in message
    finally:
        (ready.folder / "full").unlink()
        ready.log.rmdir()
    assert_inside(ready)


def test_a_pip_that_installs_nothing_is_not_believed(ready):
    pip = ready.site_packages() / "pip/__main__.py"
    text = pip.read_text()
    pip.write_text("print('Successfully installed jupyterlab-1.0')")
    try:
        assert "pip reports success, but jupyterlab 1.0 is not inside .venv" in failure(ready)
    finally:
        pip.write_text(text)
    assert_inside(ready)


PINS = """
torch==2.0
scikit-learn==1.0  # with a reason
old==1.0; python_version < "3"
-e .
"""
EXTRAS = """
[project]
name = "a-course"
[project.optional-dependencies]
dev = ["ruff==1.0", "a-course[slides]"]
slides = ["latex2mathml==1.0"]
hub = ["jupyterhub==1.0"]
"""


@pytest.mark.parametrize(
    ("there", "extras", "lacks"),
    [
        (["torch 2.0", "scikit_learn 1.0"], [], []),
        (["torch 2.0+cpu", "scikit.learn 1.0"], [], []),
        (["torch 2.01", "scikit-learn 1.0"], [], ["torch 2.0"]),
        ([], [], ["torch 2.0", "scikit-learn 1.0"]),
        (["torch 2.0", "scikit-learn 1.0"], ["dev"], ["ruff 1.0", "latex2mathml 1.0"]),
        (["torch 2.0", "scikit-learn 1.0", "ruff 1.0", "latex2mathml 1.0"], ["dev"], []),
        (["torch 2.0", "scikit-learn 1.0"], ["slides"], ["latex2mathml 1.0"]),
    ],
)
def test_every_pin_must_be_inside_the_environment(tmp_path, monkeypatch, there, extras, lacks):
    (tmp_path / "requirements.txt").write_text(PINS)
    (tmp_path / "pyproject.toml").write_text(EXTRAS)
    for one in there:
        name, version = one.split()
        info = tmp_path / "site" / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(DIST_INFO.format(name, version))
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "site_packages", lambda: tmp_path / "site")
    # What this Python itself can import doesn't count.
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert set_up.missing_packages(extras) == lacks


NO_SUCH = "ERROR: No matching distribution found for torch==2.0\n"
RETRYING = "WARNING: Retrying (Retry(total=0)) after connection broken by '{}': /simple/torch/\n"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left\n",
            "[Errno 28] No space left. The disk is full",
        ),
        (
            "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp']\n",
            "The disk is full, or the one for temporary files",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied\n",
            "Permission denied. Access is denied: close the programs",
        ),
        (
            "ERROR: [WinError 5] Access is denied: 'torch_cpu.dll'\n",
            "Access is denied: close the programs",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 2] No such file\n"
            "HINT: This error might have occurred since this system does not have Windows Long "
            "Path support enabled.\n",
            "No such file. This error might have occurred since this system does not have Windows",
        ),
        (
            "WARNING: pip is configured with locations that require TLS/SSL, however the ssl "
            "module in Python is not available.\n"
            + RETRYING.format('SSLError("the SSL module is not available.")')
            + NO_SUCH,
            "for torch==2.0. This Python has no ssl module",
        ),
        (
            RETRYING.format("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] self-signed')")
            + NO_SUCH,
            "for torch==2.0. The server's certificate was rejected",
        ),
        (
            RETRYING.format("ProxyError('Cannot connect to proxy.')") + NO_SUCH,
            "for torch==2.0. The proxy refused",
        ),
        (
            RETRYING.format("NewConnectionError: Temporary failure in name resolution") + NO_SUCH,
            "for torch==2.0. Check the internet connection.",
        ),
        (NO_SUCH, "No matching distribution found for torch==2.0."),
        (
            "  error: subprocess-exited-with-error\n      KeyError: 'a'\n  note: This error "
            "originates from a subprocess.\n  ERROR: Failed building editable for tiny\n",
            "subprocess-exited-with-error. Failed building editable for tiny.",
        ),
        ("Traceback:\n  File\nKeyError: 'torch'\n\n", "KeyError: 'torch'."),
        ("", ""),
    ],
)
def test_pips_error_lines_are_repeated_with_advice(output, words):
    assert words in set_up.explain(output)
    assert ("internet" in set_up.explain(output)) == ("internet" in words)
