"""The files that GitHub, git and pre-commit read are valid and name only what exists."""

import importlib.util
import itertools
import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

from commands.pins import read_pins
from commands.test import CHECKS
from course import COMMANDS
from course_utils import self_check
from tests.support.lessons import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((GITHUB / "workflows").glob("*.yml"))
}
WORKFLOW, PUBLISH, WEBSITE = (WORKFLOWS[name] for name in ("test", "publish", "website"))
JOBS = WORKFLOW["jobs"]
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
HOOKS = yaml.safe_load((GITHUB / "pre-commit.yaml").read_text("utf-8"))["repos"][0]["hooks"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
SCHEMAS = {
    "github-workflows": sorted((GITHUB / "workflows").glob("*.yml")),
    "dependabot": [GITHUB / "dependabot.yml"],
    "github-issue-forms": FORMS,
    "github-issue-config": [GITHUB / "ISSUE_TEMPLATE/config.yml"],
    "citation-file-format": [ROOT / "CITATION.cff"],
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_fits_its_schema(schema):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    ran = subprocess.run([*command, *SCHEMAS[schema]], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def workflow_commands():
    """Yield (job, command) for each command of the workflows, once for each row of a matrix."""
    for name, job in itertools.chain(
        *(workflow["jobs"].items() for workflow in WORKFLOWS.values())
    ):
        matrix = dict(job.get("strategy", {}).get("matrix", {}))
        included = matrix.pop("include", [])
        for values in itertools.product(*matrix.values()):
            chosen = dict(zip(matrix, values, strict=True))
            for more in included:
                if all(chosen.get(key, value) == value for key, value in more.items()):
                    chosen |= more
            for step in job["steps"]:
                text = step.get("run", "")
                for key in {*re.findall(r"\$\{\{ matrix\.(\w+) \}\}", text)}:
                    text = text.replace(f"${{{{ matrix.{key} }}}}", str(chosen.get(key, "")))
                yield name, text


COMMANDS_RUN = sorted({(job, text) for job, text in workflow_commands() if text})


@pytest.mark.parametrize(("job", "text"), COMMANDS_RUN)
def test_a_command_of_the_workflow_exists(job, text):
    text = re.sub(r"\$\{\{.*?'(.*?)'.*?\}\}", r"\1", text)  # the options in a condition
    words = shlex.split(text)
    if words[:2] == ["python", "course.py"]:
        assert words[2] in COMMANDS
        options = {word for word in words[3:] if word.startswith("--")}
        known = {*CHECKS, "--no-skips", "--random", "--seed"}
        assert options <= (known if words[2] == "test" else {"--frames"})
    elif words[:2] == ["python", "-m"]:
        assert importlib.util.find_spec(words[2])
    else:
        assert words[:2] in (["pipx", "run"], ["command", "-v"]) or words[0] == "echo"
    for word in words:
        if word.startswith("tests/") or word.endswith((".txt", ".yaml")):
            assert (ROOT / word).exists(), word


def test_lint_and_types_come_first_and_the_tests_wait_for_them():
    assert next(iter(JOBS)) == "lint"
    commands = [text for job, text in COMMANDS_RUN if job == "lint"]
    assert "python -m mypy" in commands
    assert any("pre_commit run" in text and "--all-files" in text for text in commands)
    assert JOBS["test"]["needs"] == "lint"


def test_each_supported_python_is_tested_on_each_system():
    matrix = JOBS["test"]["strategy"]["matrix"]
    (_, first), (_, last) = self_check.PYTHONS
    assert matrix["python"] == [f"3.{minor}" for minor in range(first, last + 1)]
    assert [system.partition("-")[0] for system in matrix["os"]] == ["ubuntu", "macos", "windows"]
    known = {line for line in PROJECT["classifiers"] if "Python :: 3." in line}
    assert known == {f"Programming Language :: Python :: {python}" for python in matrix["python"]}


def test_on_linux_a_browser_is_installed_and_no_test_is_skipped():
    browser, test = [s for s in JOBS["test"]["steps"] if "Linux" in f"{s.get('if')}{s.get('run')}"]
    assert browser["if"] == "runner.os == 'Linux'"
    assert "chromium" in browser["run"]
    assert "runner.os == 'Linux' && '--no-skips'" in test["run"]
    (webkit,) = [s for s in JOBS["nightly"]["steps"] if "webkit" in s.get("run", "")]
    assert webkit["if"] == "contains(matrix.run, '--browser')"
    for option in ("--browser", "--slow"):
        assert ("nightly", f"python course.py test {option} --no-skips") in COMMANDS_RUN


def test_a_newer_push_cancels_an_older_run_and_every_job_has_a_time_limit():
    assert "github.ref" in WORKFLOW["concurrency"]["group"]
    assert WORKFLOW["concurrency"]["cancel-in-progress"]
    for workflow in WORKFLOWS.values():
        assert workflow["permissions"] == {"contents": "read"}
        assert all(job["timeout-minutes"] <= 180 for job in workflow["jobs"].values())


@pytest.mark.parametrize(("workflow", "name"), [(PUBLISH, "colab"), (WEBSITE, "build")])
def test_only_tested_lessons_of_the_default_branch_are_published(workflow, name):
    job = workflow["jobs"][name]
    assert workflow[True]["workflow_run"] == {
        "workflows": [WORKFLOW["name"]],
        "types": ["completed"],
    }
    for part in (
        "workflow_run.event == 'push'",
        "workflow_run.conclusion == 'success'",
        "workflow_run.head_branch == github.event.repository.default_branch",
    ):
        assert f"&& github.event.{part}" in job["if"].replace("(", "&& ")
    assert "workflow_run.head_sha" in job["steps"][0]["with"]["ref"]


def test_a_copy_that_does_not_name_its_own_address_has_no_branch_for_colab():
    (job,) = PUBLISH["jobs"].values()
    *_, publishing = job["steps"]
    own = "format('{0}/{1}', github.server_url, github.repository)"
    assert publishing["if"] == f"steps.address.outputs.found == {own}"
    assert job["permissions"] == {"contents": "write"}


def test_the_website_is_proved_before_it_is_kept():
    steps = WEBSITE["jobs"]["build"]["steps"]
    done = [step.get("run") or step["uses"].partition("@")[0] for step in steps]
    commands = [command for command in done if command.startswith("python ")]
    assert commands == [
        "python course.py build --frames",
        "python course.py site",
        "python course.py test --browser --no-skips -k test_site",
    ]
    for kept in ("actions/upload-artifact", "actions/upload-pages-artifact"):
        assert done.index(kept) > done.index(commands[-1])
        assert steps[done.index(kept)]["with"]["path"] == "site"


def test_a_pull_request_gets_its_website_and_publishes_nothing():
    build, publish = WEBSITE["jobs"]["build"], WEBSITE["jobs"]["publish"]
    steps = {step["uses"].partition("@")[0]: step for step in build["steps"] if "uses" in step}
    assert steps["actions/upload-artifact"]["if"] == "github.event_name == 'pull_request'"
    pages = steps["actions/configure-pages"]
    assert pages["if"] == "github.event_name != 'pull_request'"
    assert build["outputs"] == {"pages": "${{ steps.pages.outcome }}"}
    assert publish["if"] == "needs.build.outputs.pages == 'success'"
    assert build["permissions"] == {"contents": "read", "pages": "read"}
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}


def test_a_copy_without_pages_is_told_what_to_switch_on_and_stays_green():
    steps = WEBSITE["jobs"]["build"]["steps"]
    (pages,) = [step for step in steps if step.get("id") == "pages"]
    assert pages["continue-on-error"] is True
    (told,) = [step for step in steps if step.get("if") == "steps.pages.outcome == 'failure'"]
    assert "under Pages choose 'GitHub Actions'" in told["run"]


def test_the_canary_warns_but_fails_nothing():
    assert JOBS["canary"]["continue-on-error"] is True
    assert any("GITHUB_STEP_SUMMARY" in text for job, text in COMMANDS_RUN if job == "canary")


def test_dependabot_waits_before_it_offers_a_new_release():
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text("utf-8"))["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "pip"}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


@pytest.mark.slow
def test_the_hook_of_the_build_needs_no_more_than_its_environment_has():
    """A hook runs in an environment of its own, without the course's packages."""
    code = """
import sys
for name in ("ipykernel", "jupyter_client", "matplotlib", "nbclient", "numpy", "torch", "zmq"):
    sys.modules[name] = None
from commands import build
sys.exit(build.main(["--check"]))
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_pre_commit_accepts_its_configuration():
    command = [sys.executable, "-m", "pre_commit", "validate-config", GITHUB / "pre-commit.yaml"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_an_existing_module_with_the_locked_packages(hook):
    python, option, module, *_ = hook["entry"].split()
    assert (python, option, hook["language"]) == ("python", "-m", "python")
    assert importlib.util.find_spec(module)
    assert {*hook["additional_dependencies"]} <= {*read_pins(ROOT / "constraints.txt")}


def test_the_hooks_are_ruff_and_the_build_without_execution():
    entries = [hook["entry"] for hook in HOOKS]
    assert entries == [
        "python -m ruff format --force-exclude",
        "python -m ruff check --force-exclude",
        "python -m commands.build --check",
    ]


@pytest.mark.parametrize(
    ("path", "attributes"),
    [
        ("notebooks/01_a.ipynb", "diff: jupyternotebook merge: jupyternotebook eol: lf"),
        ("notebooks/01_a.ipynb", "linguist-generated: set"),
        ("constraints.txt", "linguist-generated: set"),
        ("lessons/01_a.py", "linguist-generated: unspecified linguist-documentation: false"),
        ("README.md", "linguist-documentation: set eol: lf"),
        ("pictures/01.png", "text: unset"),
    ],
)
def test_git_knows_what_kind_of_file_it_is(tmp_path, path, attributes):
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    pairs = dict(re.findall(r"(\S+): (\S+)", attributes))
    command = ["git", "check-attr", *pairs, "--", path]
    output = subprocess.check_output(command, cwd=tmp_path, text=True)
    assert dict(re.findall(r": (\S+): (\S+)$", output, re.MULTILINE)) == pairs


def test_there_is_a_form_for_each_kind_of_report():
    assert [form.stem for form in FORMS] == ["refused_answer", "set_up_failure", "wrong_statement"]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_has_a_required_field_and_no_field_twice(form):
    fields = yaml.safe_load(form.read_text("utf-8"))["body"]
    ids = [field["id"] for field in fields]
    assert len({*ids}) == len(ids)
    assert any(field.get("validations", {}).get("required") for field in fields)
    for name in re.findall(r"self_check\.(\w+)\(", form.read_text("utf-8")):
        assert callable(getattr(self_check, name))


def test_the_form_for_a_set_up_failure_requires_the_self_checks_output():
    fields = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE/set_up_failure.yml").read_text("utf-8"))
    (field,) = [field for field in fields["body"] if field["id"] == "self-check"]
    assert field["validations"]["required"] is True


def test_citation_project_and_licence_name_the_same_authors_and_terms():
    assert CITATION["authors"] == PROJECT["authors"]
    assert CITATION["version"] == PROJECT["version"]
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert CITATION["license"] == [PROJECT["license"], "CC-BY-4.0"]
    assert "MIT License" in licence
    assert "CC BY 4.0" in licence
    assert CITATION["authors"][0]["name"] in " ".join(licence.split())


def test_the_changelog_has_the_usual_format_and_names_the_first_editions_last_commit():
    versions = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    assert versions == ["Unreleased", PROJECT["version"]]
    kinds = re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)
    assert {*kinds} <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    first = CHANGELOG.partition("\n## [1.0.0]")[2]
    assert re.findall(r"\b[0-9a-f]{40}\b", first) == ["c1837f9af26a05850051c681e70320dc1bc528e9"]
