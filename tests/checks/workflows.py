#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""workflows.py SOURCE: the public CI's workflow files hold together, as far as that can be seen without running them.

Each file is YAML without double keys, has the keys that a workflow, job and step may and must have, names what is there
(matrix variables, jobs, steps, CMake presets and options), keeps to the rules of this repository, and its shell parses.
"""
import glob
import itertools
import json
import os
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    sys.exit("workflows.py: install python3-yaml")

# Goes into the first lines of every file, until the file has been run: then it leaves the file and this check.
MARK = "Written, not yet run"

WORKFLOW = set("name run-name on permissions env defaults concurrency jobs".split())
EVENTS = {"push": "branches branches-ignore tags tags-ignore paths paths-ignore", "workflow_dispatch": "inputs",
          "pull_request": "types branches branches-ignore paths paths-ignore"}
JOB = set("name needs permissions runs-on environment concurrency outputs env defaults if steps timeout-minutes "
          "strategy continue-on-error container services".split())
STEP = set("id if name uses run working-directory shell with env continue-on-error timeout-minutes".split())
STRATEGY = set("matrix fail-fast max-parallel".split())
CONTEXTS = set("github env vars job runner strategy matrix needs steps inputs".split())
RUNNER = re.compile(r"ubuntu-\d\d\.\d\d(-arm)?|macos-\d\d(-intel)?|windows-20\d\d")
ACTION = re.compile(r"[\w.-]+/[\w./-]+@v\d+")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.S)
PRESET = re.compile(r"\b(cmake --workflow|cmake --build|cmake|ctest)\s+--preset[ =](\S+)")
PRESETS = {"cmake --workflow": "workflowPresets", "cmake --build": "buildPresets", "ctest": "testPresets",
           "cmake": "configurePresets"}
OF_A_MACHINE = re.compile(r"://|(?<![\w.$}])/(home|root|tmp|usr|opt|work|Users)/|\b[A-Z]:[\\/]")


class Loader(yaml.SafeLoader):
    """Takes `on` for a word, as YAML 1.2 and the runners do, and no key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep) for key, _ in node.value]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise yaml.constructor.ConstructorError(None, None, f"`{twice[0]}` stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def strings(value):
    """All texts in a value, however deep."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


class Workflow:
    def __init__(self, source, path):
        self.source, self.path, self.faults, self.runs = source, path, [], 0
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        with open(f"{source}/CMakePresets.json", encoding="utf-8") as file:
            self.presets = json.load(file)

    def fault(self, where, what):
        self.faults.append(f"{os.path.relpath(self.path, self.source)}: {where}{': ' if where else ''}{what}")

    def keys(self, where, value, allowed, needed=()):
        """Whether the value is a mapping; what it must not have, or lacks, is a fault."""
        if not isinstance(value, dict):
            self.fault(where, "is no mapping")
            return False
        for key in value.keys() - set(allowed):
            self.fault(where, f"unknown key `{key}`")
        for key in set(needed) - value.keys():
            self.fault(where, f"lacks `{key}`")
        return True

    def texts(self, where, scope):
        """What has to be plain text, number or truth value, where it is there."""
        plain = {key: scope[key] for key in ("name", "runs-on", "shell", "run", "uses") if key in scope}
        for group in ("env", "with", "concurrency"):
            allowed = ("group", "cancel-in-progress") if group == "concurrency" else scope.get(group) or ()
            needed = ["group"] if group == "concurrency" else ()
            if group in scope and self.keys(f"{where} {group}", scope[group], allowed, needed):
                plain |= scope[group]
        for key, value in plain.items():
            if not isinstance(value, (str, int, float)) or not str(value).strip():
                self.fault(where, f"`{key}` is no text")

    def check(self):
        if MARK not in "".join(self.text.splitlines(True)[:3]):
            self.fault("", f"does not say at its top: {MARK}")
        for number, line in enumerate(self.text.splitlines(), 1):
            if OF_A_MACHINE.search(line):
                self.fault(f"line {number}", f"names a host or a machine's path: {line.strip()}")
        try:
            tree = yaml.load(self.text, Loader)
        except yaml.YAMLError as error:
            return self.fault("", f"is not YAML: {error}")
        if not self.keys("", tree, WORKFLOW, ("name", "on", "permissions", "concurrency", "jobs")):
            return None

        self.texts("workflow", tree)
        if self.keys("on", tree.get("on", {}), EVENTS):
            for event, filters in tree.get("on", {}).items():
                self.keys(f"on.{event}", filters or {}, EVENTS.get(event, "").split())
        if tree.get("permissions") != {"contents": "read"}:
            self.fault("permissions", "are more than to read the contents")
        self.expressions("workflow", {key: value for key, value in tree.items() if key != "jobs"}, [{}], {}, [])
        if self.keys("jobs", tree.get("jobs"), tree.get("jobs") or (), ()):
            for name, job in tree["jobs"].items():
                self.job(name, job, tree)
            if not tree["jobs"]:
                self.fault("jobs", "are none")
        return None

    def job(self, name, job, tree):
        if not self.keys(name, job, JOB, ("runs-on", "steps", "timeout-minutes")):
            return
        self.texts(name, job)
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        for needed in needs:
            if needed not in tree["jobs"] or needed == name:
                self.fault(name, f"needs the job `{needed}`, which is not there")
        if not isinstance(job.get("timeout-minutes", 1), int):
            self.fault(name, "timeout-minutes is no number")

        combinations = self.matrix(name, job.get("strategy"))
        self.runs += len(combinations)
        self.expressions(name, {key: value for key, value in job.items() if key != "steps"}, combinations, needs, [])
        runners = {self.filled(str(job.get("runs-on")), one) for one in combinations}
        for runner in runners:
            if not RUNNER.fullmatch(runner):
                self.fault(name, f"no runner that is known here: {runner}")

        steps = job.get("steps")
        if not isinstance(steps, list) or not steps:
            return self.fault(name, "has no steps")
        shell = "pwsh" if any(runner.startswith("windows") for runner in runners) else "bash"
        for scope in (tree, job):
            if "defaults" in scope and self.keys(f"{name}.defaults", scope["defaults"], ["run"], ["run"]):
                if self.keys(f"{name}.defaults.run", scope["defaults"].get("run"), ["shell", "working-directory"]):
                    self.texts(f"{name}.defaults.run", scope["defaults"]["run"])
                    shell = scope["defaults"]["run"].get("shell", shell)
        identifiers = []
        for number, step in enumerate(steps, 1):
            self.step(f"{name}, step {number}", step, shell, combinations, needs, identifiers)
        return None

    def matrix(self, name, strategy):
        """The values of the matrix variables in each run of the job."""
        if strategy is None:
            return [{}]
        where = f"{name}.strategy"
        if not self.keys(where, strategy, STRATEGY, ("matrix", "fail-fast")):
            return [{}]
        if not isinstance(strategy.get("matrix"), dict):
            self.fault(where, "the matrix is no mapping")
            return [{}]
        if strategy.get("fail-fast") is not False:
            self.fault(where, "fail-fast is not false")
        base = {key: values for key, values in strategy["matrix"].items() if key not in ("include", "exclude")}
        for key, values in base.items():
            if not isinstance(values, list) or not values:
                self.fault(where, f"`{key}` is no list of values")
                return [{}]
        combinations = [dict(zip(base, values)) for values in itertools.product(*base.values())] if base else []
        for without in strategy["matrix"].get("exclude", []):
            combinations = [one for one in combinations if not without.items() <= one.items()]
        added = []
        for more in strategy["matrix"].get("include", []):
            # What contradicts none of the lists goes into those combinations, the rest is one of its own.
            into = [one for one in combinations if all(one[key] == more[key] for key in base.keys() & more.keys())]
            for one in into:
                one.update(more)
            if not into:
                added.append(dict(more))
        return combinations + added or [{}]

    def step(self, where, step, shell, combinations, needs, identifiers):
        if not self.keys(where, step, STEP):
            return
        self.texts(where, step)
        self.expressions(where, step, combinations, needs, identifiers)
        if ("uses" in step) == ("run" in step):
            return self.fault(where, "has to have one of `uses` and `run`")
        for key, of in (("with", "uses"), ("shell", "run"), ("working-directory", "run")):
            if key in step and of not in step:
                self.fault(where, f"`{key}` goes with `{of}`")
        if step.get("id") in identifiers:
            self.fault(where, f"the id `{step['id']}` stands twice")
        identifiers += [step["id"]] if "id" in step else []

        if "uses" in step:
            if not ACTION.fullmatch(str(step["uses"])):
                self.fault(where, f"is not pinned to a major version: {step['uses']}")
            # What an action runs in a virtual machine.
            scripts = [text for key, text in (step.get("with") or {}).items() if key in ("run", "prepare")]
            shell = "bash"
        else:
            scripts = [step["run"]]
            shell = step.get("shell", shell)
        for script in scripts:
            for filled in {self.filled(str(script), one) for one in combinations}:
                self.script(where, filled, str(shell))
        return None

    def script(self, where, script, shell):
        if shell.split()[0] in ("bash", "sh", "msys2"):
            parsed = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=20)
            if parsed.returncode or parsed.stderr:
                self.fault(where, f"the shell does not parse: {parsed.stderr.strip()}")
        for command, preset in PRESET.findall(script):
            if preset not in {one["name"] for one in self.presets.get(PRESETS[command], []) if not one.get("hidden")}:
                self.fault(where, f"there is no preset `{preset}` for `{command}`")
        if script.count("--preset") != len(PRESET.findall(script)):
            self.fault(where, "--preset does not follow its command, or names none")
        for option in re.findall(r"-D(KEYWAY_\w+)", script):
            lists = [f"{self.source}/CMakeLists.txt", f"{self.source}/tests/CMakeLists.txt"]
            if not any(re.search(rf"\b{option}\b", open(name, encoding="utf-8").read()) for name in lists):
                self.fault(where, f"CMake has no option {option}")

    @staticmethod
    def filled(text, values):
        """The text with its matrix variables replaced; any other expression becomes a word."""
        return EXPRESSION.sub(lambda found: str(values.get(found[1].strip().removeprefix("matrix."), "word")), text)

    def expressions(self, where, value, combinations, needs, identifiers):
        for text in strings(value):
            rest = EXPRESSION.sub("", text)
            if "${{" in rest or "}}" in rest:
                self.fault(where, f"an expression is not closed, or not opened: {text.strip()}")
            for expression in EXPRESSION.findall(text):
                bare = re.sub(r"'(?:[^']|'')*'", "", expression)
                if "'" in bare or '"' in bare or bare.count("(") != bare.count(")") or not expression.strip():
                    self.fault(where, f"not an expression: {expression.strip()}")
                for context, name in re.findall(r"(?<![\w.-])([a-z]+)\.([\w-]+)", bare):
                    if context == "secrets":
                        self.fault(where, "needs a secret")
                    elif context not in CONTEXTS:
                        self.fault(where, f"there is no context `{context}`")
                    elif ((context == "matrix" and not all(name in one for one in combinations))
                          or (context == "needs" and name not in needs)
                          or (context == "steps" and name not in identifiers)):
                        self.fault(where, f"{context}.{name} is not defined")


def main():
    source = sys.argv[1]
    paths = sorted(glob.glob(f"{source}/.github/workflows/*.y*ml"))
    workflows = [Workflow(source, path) for path in paths]
    for workflow in workflows:
        workflow.check()
    faults = [fault for workflow in workflows for fault in workflow.faults]
    if not paths:
        faults.append("there are no workflow files")
    print("\n".join(faults) if faults else
          f"{len(paths)} workflows, {sum(workflow.runs for workflow in workflows)} runs of jobs hold together")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
