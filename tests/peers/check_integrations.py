#!/usr/bin/env python3
"""What ci/integrations, the pre-commit hook, the Dockerfile and their examples in docs/gate.md say is parsed and done.

  check_integrations.py KGAUDIT BUILD_FOLDER

Shell steps run under `bash -euo pipefail` in a scratch repository with the real kgaudit, once for a gate that passes
and once for one that fails. Stand-ins: `kgaudit audit` takes a record made beforehand, `docker run` runs the program
in the folder that is mounted, the checkout and upload actions do nothing. Exit code: 0 all is well, 1 a fault, 77
without the module yaml.
"""
import importlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # tests leave nothing among the sources
from gate_records import ALL_OUTPUTS, HOSTILE, expect, expect_equal, start_baseline, write_record

try:
    yaml = importlib.import_module("yaml")
except ImportError:
    yaml = None

ROOT = pathlib.Path(__file__).parents[2]
INTEGRATIONS = ROOT / "ci" / "integrations"
KGAUDIT = BUILD = None
GOOD, WORSE = (0.30, 0.31, 0.29), (0.20, 0.21, 0.19)


# A repository of a user ----------------------------------------------------------------------------------------------

KGAUDIT_STAND_IN = """#!/usr/bin/env bash
# `kgaudit audit ... --out FOLDER` finds the record that lies in exports/today.
set -euo pipefail
if [[ $1 == audit ]]; then
  [[ $2 == exports/today && ${*: -2:1} == --out ]]
  mkdir -p "${*: -1}"
  cp exports/today/record.jsonl "${*: -1}"
  exit
fi
exec KGAUDIT "$@"
"""
DOCKER_STAND_IN = """#!/usr/bin/env bash
# `docker build` asks for a Dockerfile; `docker run ... --volume HOST:/work IMAGE ARGUMENTS` runs the program in HOST.
set -euo pipefail
command=$1
shift
if [[ $command == build ]]; then
  [[ $1 == --tag && $2 == kgaudit && -f $3/Dockerfile ]]
  exit
fi
while [[ $1 == --* ]]; do
  case $1 in
    --rm) shift ;;
    --user) [[ $2 == "$(id -u):$(id -g)" ]]; shift 2 ;;
    --volume) [[ $2 == *:/work ]]; cd "${2%:/work}"; shift 2 ;;
  esac
done
[[ $1 == kgaudit ]]
shift
exec kgaudit "$@"
"""


class Repository:
    """A scratch folder with rules, a baseline, a record `exports/today`, and stand-ins at the front of the path."""

    def __init__(self, folder, mrr, rows=("basic",)):
        self.folder = folder / "repository"
        self.folder.mkdir()
        start_baseline(KGAUDIT, self.folder, rows=rows)
        write_record(self.folder / "exports" / "today", mrr=mrr, rows=rows)
        stand_ins = folder / "bin"
        stand_ins.mkdir()
        for name, text in (("kgaudit", KGAUDIT_STAND_IN.replace("KGAUDIT", shlex.quote(KGAUDIT))),
                           ("docker", DOCKER_STAND_IN)):
            (stand_ins / name).write_text(text)
            (stand_ins / name).chmod(0o755)
        self.environment = {"PATH": f"{stand_ins}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8"}

    def copy(self, source, target):
        (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, self.folder / target)

    def shell(self, script, **environment):
        """Exit code and log of a shell step."""
        done = subprocess.run(["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script], cwd=self.folder,
                              env=dict(self.environment, **environment), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        return done.returncode, done.stdout

    def expect_outputs(self, verdict, folder="kgaudit-gate"):
        files = {path.name for path in (self.folder / folder).iterdir()}
        expect_equal(files, set(ALL_OUTPUTS.values()), "files of the gate")
        expect_equal(json.loads((self.folder / folder / "gate.json").read_text())["verdict"], verdict, "verdict")


def both_gates(check):
    for mrr, code, verdict in ((GOOD, 0, "pass"), (WORSE, 1, "regression")):
        with tempfile.TemporaryDirectory() as folder:
            check(Repository(pathlib.Path(folder), mrr), code, verdict)


def example(title):
    """The YAML block of docs/gate.md that begins with this comment."""
    text = (ROOT / "docs" / "gate.md").read_text()
    block, = (block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if block.startswith(f"# {title}\n"))
    return yaml.safe_load(block)


def active_commands(log):
    """The lines of a log in which a runner of GitHub sees a command, and how many it was told to pass over."""
    active, passed_over, token = [], 0, None
    for line in re.split(r"\r\n|\r|\n", log):
        command = line.strip()
        if not command.startswith("::") and "##[" not in command:
            continue
        if token is not None:
            passed_over += command != f"::{token}::"
            token = None if command == f"::{token}::" else token
        elif command.startswith("::stop-commands::"):
            token = command.removeprefix("::stop-commands::")
            expect(len(token) >= 32, "a token that can be guessed:", token)
        else:
            active.append(command)
    expect(token is None, "commands stay switched off")
    return active, passed_over


# GitHub --------------------------------------------------------------------------------------------------------------

def run_action(repository, typed):
    """What the composite action does with these inputs: exit code and log."""
    action = yaml.safe_load((repository.folder / ".github/actions/kgaudit-gate/action.yml").read_text())
    expect(set(typed) <= set(action["inputs"]), "unknown inputs in", typed)
    inputs = {name: typed.get(name, about.get("default")) for name, about in action["inputs"].items()}
    expect(all(value is not None for value in inputs.values()), "a required input is missing:", inputs)
    expect_equal(action["runs"]["using"], "composite", "kind of action")
    (repository.folder / "summary.md").write_text("")
    for step in action["runs"]["steps"]:
        expect_equal(step["shell"], "bash", "shell")
        expect("${{" not in step["run"], "an input stands in the script:", step["run"])
        environment = {name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs[found[1]], value)
                       for name, value in step["env"].items()}
        expect("${{" not in "".join(environment.values()), "more than inputs in", environment)
        code, log = repository.shell(
            step["run"], GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(repository.folder / "summary.md"),
            GITHUB_ACTION_PATH=str(repository.folder / ".github/actions/kgaudit-gate"), **environment)
        if code != 0:
            return code, log
    return 0, log


def github_repository(repository):
    repository.copy(INTEGRATIONS / "github-action.yml", ".github/actions/kgaudit-gate/action.yml")
    repository.copy(INTEGRATIONS / "gate", ".github/actions/kgaudit-gate/gate")
    return repository


def check_github_workflow(repository, code, verdict):
    github_repository(repository)
    workflow = example(".github/workflows/bias.yml")
    expect_equal(set(workflow), {"name", True, "permissions", "jobs"}, "keys of the workflow")  # `on` is YAML's True
    expect_equal(workflow["permissions"]["security-events"], "write", "permission to upload")
    job, = workflow["jobs"].values()
    done = []
    for step in job["steps"]:
        if "run" in step:
            expect_equal(repository.shell(step["run"]), (0, ""), step["run"])
        elif step["uses"].startswith("./"):
            expect_equal(step["uses"], "./.github/actions/kgaudit-gate", "path of the action")
            got, log = run_action(repository, step["with"])
            expect_equal(got, code, log)
        elif step["uses"].startswith("github/codeql-action/upload-sarif@"):
            expect(step["if"].startswith("always()"), step["if"])
            expect((repository.folder / step["with"]["sarif_file"]).is_file(), "nothing to upload:", step["with"])
            expect(f"hashFiles('{step['with']['sarif_file']}')" in step["if"], step["if"])
        else:
            expect(step["uses"].startswith("actions/checkout@"), "a step nobody knows:", step)
        done.append(step.get("uses", "run"))
    expect_equal(len(done), 4, done)
    repository.expect_outputs(verdict)
    summary = (repository.folder / "summary.md").read_text()
    expect(f"### kgaudit gate: {verdict}\n" in summary, "the summary says", summary)
    annotations = (repository.folder / "kgaudit-gate/gate-annotations.txt").read_text()
    expect_equal(active_commands(log)[0], annotations.splitlines(), "annotations in the log")
    expect_equal(len(annotations) > 0, code == 1, "whether there are annotations")


def github_action_passes_and_fails():
    both_gates(check_github_workflow)


def github_action_takes_every_option():
    with tempfile.TemporaryDirectory() as folder:
        repository = github_repository(Repository(pathlib.Path(folder), WORSE))
        code, log = run_action(repository, {"record": "exports/today", "out": "else where",
                                            "options": "--strict\n--report-only\n"})
        expect_equal(code, 0, log)
        repository.expect_outputs("regression", "else where")
        gate = json.loads((repository.folder / "else where/gate.json").read_text())
        expect_equal((gate["strict"], gate["report_only"]), (True, True), "options of both lines")


def github_action_runs_nothing_of_its_inputs():
    with tempfile.TemporaryDirectory() as folder:
        repository = github_repository(Repository(pathlib.Path(folder), GOOD))
        for text in ("$(touch ran)", "`touch ran`", "x; touch ran", "'; touch ran; '", "\"; touch ran; \""):
            for name in ("record", "rules"):
                code, log = run_action(repository, {"record": "exports/today", name: text})
                expect(code in (4, 5), "ends with", code, log)
            run_action(repository, {"record": "exports/today", "out": text})
            expect(not (repository.folder / "ran").exists(), "was run:", text)


def names_from_a_record_give_a_runner_of_github_no_command():
    with tempfile.TemporaryDirectory() as folder:
        repository = github_repository(Repository(pathlib.Path(folder), WORSE, rows=HOSTILE))
        code, log = run_action(repository, {"record": "exports/today"})
        expect_equal(code, 1, log)
        active, passed_over = active_commands(log)
        expect(passed_over > 0, "no name looks like a command: this shows nothing")
        annotations = (repository.folder / "kgaudit-gate/gate-annotations.txt").read_text()
        expect_equal(active, annotations.splitlines(), "commands in the log")


def old_files_are_not_taken_for_new_ones():
    with tempfile.TemporaryDirectory() as folder:
        repository = github_repository(Repository(pathlib.Path(folder), GOOD))
        expect_equal(run_action(repository, {"record": "exports/today"})[0], 0, "first run")
        repository.expect_outputs("pass")
        code, log = run_action(repository, {"record": "nowhere"})
        expect_equal(code, 5, log)
        expect_equal(list((repository.folder / "kgaudit-gate").iterdir()), [], "files of the first run")
        expect_equal((repository.folder / "summary.md").read_text(), "", "summary")
        expect_equal(active_commands(log)[0], [], "annotations")


# GitLab and Jenkins --------------------------------------------------------------------------------------------------

def check_gitlab(repository, code, verdict):
    repository.copy(INTEGRATIONS / "gitlab-ci.yml", "ci/kgaudit-gate.yml")
    repository.copy(INTEGRATIONS / "gate", "ci/gate")
    pipeline = example(".gitlab-ci.yml")
    merged = {}
    for included in pipeline.pop("include"):
        merged.update(yaml.safe_load((repository.folder / included["local"]).read_text()))
    for name, job in pipeline.items():
        if name in ("stages", "default"):
            continue
        ours = merged.setdefault(name, {})
        ours["variables"] = {**ours.get("variables", {}), **job.pop("variables", {})}
        ours.update(job)
    expect_equal(sorted(merged), ["audit", "kgaudit gate"], "jobs")
    expect_equal(pipeline["default"]["image"]["entrypoint"], [""], "an entrypoint would take the shell's place")
    expect_equal([merged[name]["stage"] for name in ("audit", "kgaudit gate")], pipeline["stages"], "stages")
    for name in ("audit", "kgaudit gate"):
        job = merged[name]
        script = "\n".join(job["script"])
        got, log = repository.shell(script, GITLAB_CI="true", CI_PROJECT_DIR=str(repository.folder), **job["variables"])
        expect_equal(got, code if name == "kgaudit gate" else 0, log)
        paths = list(job["artifacts"]["paths"]) + list(job["artifacts"].get("reports", {}).values())
        for path in paths:
            expect((repository.folder / path).exists(), "no artifact", path)
    gate = merged["kgaudit gate"]["artifacts"]
    expect_equal(gate["when"], "always", "a failed gate keeps its files")
    reports = {"junit": "junit", "codequality": "gitlab", "metrics": "openmetrics"}
    expect_equal(gate["reports"], {kind: f"kgaudit-gate/{ALL_OUTPUTS[output]}" for kind, output in reports.items()},
                 "reports")
    repository.expect_outputs(verdict)


def gitlab_job_passes_and_fails():
    both_gates(check_gitlab)


def check_jenkins(repository, code, verdict):
    text = (INTEGRATIONS / "Jenkinsfile").read_text()
    code_alone = re.sub(r"//.*|'[^'\n]*'", "", text)
    expect_equal([code_alone.count(sign) for sign in "{("], [code_alone.count(sign) for sign in "})"], "brackets")
    expect("'" not in code_alone and '"' not in code_alone, "an open quote in", code_alone)
    repository.copy(INTEGRATIONS / "gate", "ci/gate")
    steps = re.findall(r"^ *sh '([^'\n]+)'$", text, re.MULTILINE)
    expect_equal(len(steps), len(re.findall(r"\bsh\b", code_alone)), "shell steps")
    codes = []
    for step in steps:
        got, log = repository.shell(step, JENKINS_URL="http://localhost", WORKSPACE=str(repository.folder))
        codes.append(got)
        if got != 0:
            break
    expect_equal(codes, [0, code], log)
    results = re.search(r"junit testResults: '([^']+)', allowEmptyResults: true", text)[1]
    expect((repository.folder / results).is_file(), "no", results)
    kept = re.search(r"archiveArtifacts artifacts: '([^']+)', allowEmptyArchive: true", text)[1]
    expect(kept.endswith("/**") and (repository.folder / kept[:-3]).is_dir(), "nothing to keep:", kept)
    repository.expect_outputs(verdict)


def jenkins_stage_passes_and_fails():
    both_gates(check_jenkins)


# pre-commit ----------------------------------------------------------------------------------------------------------

def pre_commit_hook_refuses_what_cannot_be_read():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    hook, = hooks
    expect({"id", "name", "entry", "language"} <= set(hook), "required keys in", sorted(hook))
    known = {"id", "name", "description", "entry", "language", "pass_filenames", "files", "types", "args", "always_run"}
    expect(set(hook) <= known, "unknown keys in", sorted(hook))
    expect_equal((hook["language"], hook["pass_filenames"]), ("system", False), "how it is run")
    for name, starts in (("kgaudit.toml", True), ("kgaudit-baseline.json", True), ("a/kgaudit.toml", False),
                         ("kgaudit_toml", False), ("README.md", False)):
        expect_equal(re.search(hook["files"], name) is not None, starts, name)
    used = example(".pre-commit-config.yaml")["repos"]
    expect_equal([h["id"] for repository in used for h in repository["hooks"]], [hook["id"]], "hook of the example")
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(pathlib.Path(folder), GOOD)

        def code_after(name, change):
            path = repository.folder / name
            before = path.read_text()
            path.write_text(change(before))
            code, log = repository.shell(hook["entry"])
            path.write_text(before)
            return code, name in log

        expect_equal(repository.shell(hook["entry"])[0], 0, "a baseline and rules that can be read")
        expect_equal(code_after("kgaudit.toml", lambda text: text + "margn = 1\n"), (2, True), "a slip in the rules")
        expect_equal(code_after("kgaudit-baseline.json", lambda text: text.replace("0.31", "0.32", 1)), (5, True),
                     "an edited baseline")
        expect_equal(code_after("kgaudit-baseline.json", lambda text: text[:100]), (5, True), "half a baseline")


# Dockerfile ----------------------------------------------------------------------------------------------------------

def dockerfile_steps():
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def installed_packages():
    run, = (what for name, what in dockerfile_steps() if name == "RUN" and "apt-get install" in what)
    words = run.split("apt-get install", 1)[1].split("&&")[0].split()
    return [word for word in words if not word.startswith("--")]


def setup_packages():
    text = (ROOT / "ci" / "setup").read_text()
    lists = re.findall(r"(?:packages|libraries)\+?=\((.*?)\)", text, re.DOTALL)
    return [word for found in lists for word in found.split() if not word.startswith('"')]


def is_debian_12():
    release = pathlib.Path("/etc/os-release")
    return release.exists() and 'VERSION_ID="12"' in release.read_text() and shutil.which("apt-cache") is not None


def packages_are_those_of_debian_12():
    if not is_debian_12():
        return "this is no Debian 12"
    expect(len(installed_packages()) > 10 and len(setup_packages()) > 30, "too few packages are found")
    known = set(subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True).stdout.split())
    if len(known) < 20_000:
        return "the lists of apt are not here"
    for package in installed_packages() + setup_packages():
        if package not in known:
            raise AssertionError(f"Debian 12 has no package {package}")


def image_has_every_library_that_the_program_loads():
    if not is_debian_12():
        return "this is no Debian 12"
    listed = subprocess.run(["readelf", "-d", KGAUDIT], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"\(NEEDED\) .*\[(.*)\]", listed)
    expect(len(libraries) > 10, "too few libraries:", libraries)
    missing = []
    for library in libraries:
        owners = subprocess.run(["dpkg-query", "--search", f"*/{library}"], capture_output=True, text=True, check=False)
        packages = {line.split(":")[0] for line in owners.stdout.splitlines()}
        # What every Debian has, and what any C++ library brings with it.
        if not packages & {*installed_packages(), "libc6", "libgcc-s1", "libstdc++6"}:
            missing.append((library, sorted(packages)))
    expect(not missing, "not in the image:", missing)


def dockerfile_builds_what_it_copies_and_leaves_root():
    steps = dockerfile_steps()
    names = [name for name, _ in steps]
    known = {"FROM", "COPY", "WORKDIR", "RUN", "USER", "ENTRYPOINT"}
    expect(set(names) <= known, "unknown instructions:", set(names) - known)
    bases = [what for name, what in steps if name == "FROM"]
    expect(all(base.startswith("debian:12-slim") for base in bases) and len(bases) == 2, bases)
    build, = (shlex.split(what) for name, what in steps if name == "RUN" and "cmake" in what)
    # Every option of the configuration is one that CMakeLists.txt declares: cmake only warns about others.
    cache = (BUILD / "CMakeCache.txt").read_text()
    options = [word[2:].split("=")[0] for word in build if word.startswith("-D")]
    expect(len(options) == 3, options)
    for option in options:
        expect(re.search(rf"^{option}:(?!UNINITIALIZED)", cache, re.MULTILINE), "no option of the build:", option)
    target = build[build.index("--target") + 1]
    expect(re.search(rf"^build {target}: ", (BUILD / "build.ninja").read_text(), re.MULTILINE), "no target", target)
    program = build[build.index("strip") + 1]
    expect((BUILD / pathlib.Path(program).relative_to("/build")).samefile(KGAUDIT), "the build leaves no", program)
    expect(build[0] == "ci/setup" and os.access(ROOT / build[0], os.X_OK), "no set-up:", build[0])
    ignored = (ROOT / ".dockerignore").read_text().split()
    for what in (what.split() for name, what in steps if name == "COPY"):
        if what[0] == "--from=build":
            expect_equal(what[1:], [program, "/usr/local/bin/kgaudit"], "copied from the build")
        else:
            expect((ROOT / what[0]).exists() and what[0] not in ignored, "nothing to copy:", what)
    expect("suite" not in ignored and "ci" not in ignored and "build" in ignored, "ignored:", ignored)
    last = len(names) - names[::-1].index("FROM")
    users = [what for name, what in steps[last:] if name == "USER"]
    expect_equal(users, ["kgaudit"], "user")
    made, = (what for name, what in steps[last:] if name == "RUN" and "useradd" in what)
    expect_equal(shlex.split(made)[4], users[0], "user that is made")
    expect("RUN" not in names[names.index("USER"):], "steps after root was left")
    workdir = [what for name, what in steps[last:] if name == "WORKDIR"][-1]
    expect(f"--owner={users[0]}" in made and shlex.split(made)[-1] == workdir, "the user cannot write in", workdir)
    expect_equal(json.loads(steps[-1][1]) if names[-1] == "ENTRYPOINT" else None, ["kgaudit"], "entrypoint")


def every_step_of_the_dockerfile_runs_in_order():
    # The programs that would change the machine only say that they were called.
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        calls = folder / "calls"
        (folder / "bin").mkdir()
        (folder / "ci").mkdir()
        for path in [folder / "bin" / name for name in ("apt-get", "cmake", "strip", "rm", "useradd", "install")] + \
                [folder / "ci/setup"]:
            path.write_text(f'#!/bin/bash\necho "${{0##*/}}" >>{shlex.quote(str(calls))}\n')
            path.chmod(0o755)
        for name, what in dockerfile_steps():
            if name == "RUN":
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", what], cwd=folder, check=False,
                                      env={"PATH": f"{folder / 'bin'}:/usr/bin:/bin"}, capture_output=True, text=True)
                expect_equal((done.returncode, done.stderr), (0, ""), what)
        expect_equal(calls.read_text().split(), ["setup", "cmake", "cmake", "strip", "apt-get", "apt-get", "rm", "useradd",
                                                 "install"], "calls")


def check_docker_commands(repository, code, verdict):
    shutil.copytree(repository.folder / "exports" / "today", repository.folder / "runs" / "today")
    (repository.folder / "Dockerfile").write_text("")
    documents = {"docs/gate.md": re.findall(r"^docker .*$", (ROOT / "docs/gate.md").read_text(), re.MULTILINE),
                 "Dockerfile": re.findall(r"^# +(docker .*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)}
    expect_equal(documents["Dockerfile"], documents["docs/gate.md"], "commands")
    build, run = documents["Dockerfile"]
    expect_equal(repository.shell(build), (0, ""), build)
    got, log = repository.shell(run)
    expect_equal(got, code, log)
    expect(f"{verdict.capitalize()}: " in log, log)


def commands_for_docker_pass_and_fail():
    both_gates(check_docker_commands)


CHECKS = [
    github_action_passes_and_fails, github_action_takes_every_option, github_action_runs_nothing_of_its_inputs,
    names_from_a_record_give_a_runner_of_github_no_command, old_files_are_not_taken_for_new_ones,
    gitlab_job_passes_and_fails, jenkins_stage_passes_and_fails, pre_commit_hook_refuses_what_cannot_be_read,
    packages_are_those_of_debian_12, image_has_every_library_that_the_program_loads,
    dockerfile_builds_what_it_copies_and_leaves_root, every_step_of_the_dockerfile_runs_in_order,
    commands_for_docker_pass_and_fail,
]


def main():
    global KGAUDIT, BUILD
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    KGAUDIT, BUILD = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    if yaml is None:
        print("test skipped: the module yaml is not installed")
        return 77
    faults = 0
    for check in CHECKS:
        what = check.__name__.replace("_", " ")
        try:
            why_not = check()
            print(f"test skipped: {what}: {why_not}" if why_not else f"well: {what}")
        except Exception as error:  # the next check says something of its own
            print(f"FAULT: {what}: {type(error).__name__}: {str(error)[:3000]}")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
