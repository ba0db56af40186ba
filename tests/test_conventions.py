"""The conventions of the repository: imports, sentences in Python, names, what the docs say."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

from content_loader.load import TOPICS, load
from scripts.console import ROOT
from serving.message import RESPONSE
from tests.actions.actor import ACTIONS, INTENTS, RULES

CHINESE = re.compile(r"[\u2e80-\u9fff\uff01-\uff5e]")
PACKAGES = (
    "serving",
    "screenshots",
    "channels",
    "nlu",
    "policies",
    "gazetteer",
    "content_loader",
    "actions",
    "operators",
)
ALLOWED = {
    "serving": set[str](),
    "screenshots": {"nlu"},  # the sentence encoder, which is in memory once
    "channels": {"rasa", "serving", "screenshots"},
    "nlu": {"rasa", "gazetteer", "serving"},
    "policies": {"rasa", "nlu", "serving"},
    "gazetteer": set[str](),
    "content_loader": {"gazetteer", "serving"},
    "actions": {"rasa_sdk", "serving", "gazetteer", "content_loader"},
    # Texts, private files, what was not understood, how questions and places are known; never rasa.
    "operators": {"content_loader", "channels", "serving", "nlu", "gazetteer"},
}
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted({ROOT / "CONTRIBUTING.md", *ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")})
# Words that names do without, and what stands for each: the glossary in `docs/architecture.md`.
NOT_WORDS = {
    "chance": "rng",
    "desk": "message handler",
    "doom": "mark_deleted",
    "door": "webhook verifier",
    "exchange": "HTTP client",
    "handover": "handoff",
    "humans": "agents",
    "lease": "lock",
    "least": "min",
    "mark": "placeholder, owner or fingerprint",
    "misses": "fallback_count",
    "most": "max",
    "office": "application",
    "reception": "intake",
    "recipe": "entity config",
    "shelf": "passive replies",
    "spoil": "corrupt",
    "spoilt": "corrupted",
    "stamp": "fingerprint",
    "talk": "conversation, or chitchat",
    "talks": "conversations",
    "told": "what it is: facts, logits, answers",
    "wake": "schedule",
    "window": "widget, quota_window or clock_tolerance",
    "windows": "quota_windows",
    "wire": "codec or protocol",
    "witness": "observer",
}
NOT_NAMES = {
    "ask_meaning": "clarify",
    "come_back": "continue_interrupted",
    "hand_over": "hand_off",
    "it": "the thing's name",
    "offer_return": "offer_to_continue",
    "wish_human": "request_agent",
    "words.yml": "messages.yml, or vocabulary.yml",
}
ALLOWED_NAMES = {
    "mark_deleted": "a verb",
    "mark_done": "a verb",
    "mark_started": "a verb",
    "most_frequent": "no bound",
    "quota_window": "it says which",
    "quota_windows": "it says which",
    "QuotaWindow": "it says which",
    "QuotaWindows": "it says which",
    "_WINDOW": "of features: what a character sees to its sides",
    "window": "of a convolution (`nlu/sentence_encoder.py`)",
}
THIS = "tests/test_conventions.py"
ODD_ENGLISH = re.compile(r"\b(mend(s|ed)?|lest|whoever|this house)\b", re.I)
COMMANDS = re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Returns the top packages a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_meet_only_in_names(package: str) -> None:
    forbidden = ({*PACKAGES, "scripts", "tests", "rasa", "rasa_sdk"} - {package}) - ALLOWED[package]
    for path in python_files(package):
        assert not imported(path) & forbidden, path


def test_folders_of_wechat_import_only_those_before_them() -> None:
    wechat = ROOT / "channels" / "wechat"
    layers = ("messages", "protocol", "settings", "client", "conversation", "app")
    for path in sorted(wechat.rglob("*.py")):
        name = path.relative_to(wechat).parts[0].removesuffix(".py")
        if name in layers:
            later = layers[layers.index(name) + 1 :]
            text = path.read_text(encoding="utf-8")
            found = re.findall(r"from channels\.wechat(?:\.| import )(\w+)", text)
            assert not {*found} & {*later, "channel"}, path


def test_what_measures_imports_no_test_and_a_simulator_nothing_that_it_tries() -> None:
    for path in python_files("bench", "data_checks", "scripts", "tools"):
        assert "tests" not in imported(path), path
    for path in python_files("tools/wechat_simulator"):
        assert not imported(path) & {*PACKAGES}, path


@pytest.mark.parametrize("path", python_files(*PACKAGES), ids=lambda other_path: other_path.name)
def test_no_words_for_people_in_python(path: Path) -> None:
    """Only comments and docstrings may hold Chinese, as examples; nobody is told what is built."""
    if path.is_relative_to(ROOT / "gazetteer" / "build"):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            location = f"{path.name}:{node.lineno}"
            assert id(node) in docstrings or not CHINESE.search(node.value), location


def defined(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yields the names that code defines, with their lines; a test's own name is a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.name.startswith("test_"):
                yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def not_words(name: str) -> list[str]:
    """Returns what is wrong with a name: `open_desk` has "desk", which is "message handler"."""
    if name in ALLOWED_NAMES:
        return []
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    wrong = [(part.lower(), NOT_WORDS) for part in parts] + [(name.strip("_"), NOT_NAMES)]
    return [f"{word}: say {words[word]}" for word, words in wrong if word in words]


def tracked_files(*endings: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [
        path
        for path in listed.stdout.splitlines()
        if path.endswith(endings) and (ROOT / path).is_file()
    ]


def test_a_name_that_the_glossary_gave_up_is_found() -> None:
    tree = ast.parse("def open_desk(mark: int): self.shelf = [it for it in Office()]")
    found = [name for name, _ in defined(tree) if not_words(name)]
    assert sorted(found) == ["it", "mark", "open_desk", "shelf"]
    assert not_words("ChatWindow")
    assert not_words("MOST_BYTES")
    assert not not_words("conversation_id")


def test_python_has_the_words_of_the_glossary() -> None:
    found = []
    for path in tracked_files(".py"):
        for name, line in defined(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            found += [f"{path}:{line} {name}: {wrong}" for wrong in not_words(name)]
    assert found == []


def test_the_widget_has_the_words_of_the_glossary() -> None:
    bound = re.compile(
        r"\b(?:const|let|function|class|interface|type|async|private|public)\s+(\w+)"
        r"|\((\w+)\) =>"
    )
    found = []
    for path in tracked_files(".ts", ".tsx", ".css"):
        if path.startswith("widget/"):
            text = (ROOT / path).read_text(encoding="utf-8")
            text = re.sub(r"/\*[\s\S]*?\*/|(?<!:)//.*", "", text)  # comments
            names = re.findall(r"(?m)^\s*\.([a-z-]+)", text) if path.endswith(".css") else []
            found += [
                f"{path} {name}: {wrong}"
                for name in names or [one or other for one, other in bound.findall(text)]
                for wrong in not_words(name)
            ]
    assert found == []


def test_no_module_of_the_widget_imports_itself_by_way_of_others() -> None:
    modules = [path for path in tracked_files(".ts", ".tsx") if path.startswith("widget/src/")]
    imports = {}
    for path in modules:
        text = (ROOT / path).read_text(encoding="utf-8")
        named = [
            os.path.normpath(Path(path).parent / name)
            for name in re.findall(r"from \"(\.[^\"?]+)\"", text)
        ]
        imports[path] = [name + end for name in named for end in (".ts", ".tsx")]
    assert any(imports.values())
    TopologicalSorter(imports).prepare()  # raises CycleError with the modules of a circle


def imports_at_start(path: Path, modules: Mapping[str, object]) -> Iterator[str]:
    """Yields the modules that a module asks for when it is imported, not only to name types."""
    pending = list(ast.parse(path.read_text(encoding="utf-8")).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from (name if name in modules else node.module for name in names)
        elif isinstance(node, ast.If | ast.Try) and "TYPE_CHECKING" not in ast.dump(node):
            pending += node.body


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): ROOT / path
        for path in tracked_files(".py")
    }
    imports = {
        name: {*imports_at_start(path, modules)} & {*modules} - {name}
        for name, path in modules.items()
    }
    assert len(imports) > 500
    TopologicalSorter(imports).prepare()  # raises CycleError with the modules of a circle


def test_files_and_keys_have_the_words_of_the_glossary() -> None:
    names = {part for path in tracked_files("") for part in path.split("/")}
    for path in ("credentials.yml", "domain.yml", "content/chitchat.yml"):
        text = (ROOT / path).read_text(encoding="utf-8")
        names |= set(re.findall(r'^\s*(?:#\s*)?"?(\w+)"?:', text, re.M))
    names |= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    names -= {"0002-place-data.md"}
    assert [wrong for name in sorted(names) for wrong in not_words(name)] == []


def test_comments_and_docs_are_in_plain_english() -> None:
    found = []
    kinds = (".py", ".md", ".ts", ".tsx", ".css", ".toml", ".yml", ".sh", ".conf", "Makefile")
    for path in tracked_files(*kinds):
        if path.startswith(("data/", "channels/redaction/lines", "CHANGELOG", THIS)):
            continue
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        found += [f"{path}:{n}" for n, line in enumerate(lines, 1) if ODD_ENGLISH.search(line)]
    assert found == []


def test_no_catch_all_modules_and_no_long_files() -> None:
    for path in python_files(*PACKAGES, "data_checks", "scripts", "tools", "tests"):
        assert path.stem not in ("utils", "helpers", "common"), path
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 600, f"{path} has {lines} lines: is it two things?"


def test_actions_are_named_after_their_classes() -> None:
    for name, action in ACTIONS.items():
        assert name.startswith("action_")
        assert type(action).__name__ == "".join(part.capitalize() for part in name.split("_"))


def test_domain_rules_and_actions_name_the_same() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) == set(ACTIONS)
    assert set(RULES.values()) <= set(ACTIONS)
    assert len(set(INTENTS)) == len(INTENTS) == 53
    assert set(load().meanings) == set(INTENTS)


def test_no_response_is_unused() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    used = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").rglob("*.yml"))
    used += "\n".join(path.read_text(encoding="utf-8") for path in python_files("actions"))
    used += RESPONSE
    assert [response for response in domain["responses"] if response not in used] == []


def test_every_slot_is_remembered_and_the_other_way_round() -> None:
    from dataclasses import fields

    from actions.memory import Memory

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert list(domain["slots"]) == [field.name for field in fields(Memory)]


def test_every_sentence_and_button_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files("actions"))
    words = "\n".join(
        (ROOT / f"content/{topic}.yml").read_text(encoding="utf-8") for topic in TOPICS
    )
    content = load()
    for key in content.texts:
        prefix = key.rsplit(".", 1)[0]
        assert f'"{key}"' in code or f'f"{prefix}.{{' in code, f"no action says {key}"
    for name in content.buttons:
        in_lists = re.findall(rf"buttons: \[[^\]]*\b{name}\b", words)
        assert in_lists or f'"{name}"' in code, f"no one offers the button {name}"


def test_every_question_that_is_asked_by_its_kind_is_there() -> None:
    from actions.questions import KINDS

    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files("actions"))
    asked = set(re.findall(r'KINDS\["(\w+)"\]', code))
    assert "find" in asked
    assert asked <= set(KINDS)


def test_every_payload_is_an_intent() -> None:
    for name, button in load().buttons.items():
        intent = re.match(r"/([a-z_]+)", button["payload"])
        assert intent, name
        assert intent[1] in INTENTS, name


@pytest.mark.parametrize("kind", ["rules", "nlu"])
def test_training_data_stand_in_their_topic(kind: str) -> None:
    """The topic's word names the file, in data/rules as in data/nlu."""
    topic_of = {}
    for path in sorted((ROOT / "data" / kind).glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))[kind]
        for block in data:
            intent = block["intent"] if kind == "nlu" else block["steps"][0]["intent"]
            assert intent not in topic_of, intent
            topic_of[intent] = path.stem
    assert set(topic_of) - {"nlu_fallback"} == set(INTENTS)
    other = "nlu" if kind == "rules" else "rules"
    for intent, topic in topic_of.items():
        if intent != "nlu_fallback":
            text = (ROOT / "data" / other / f"{topic}.yml").read_text(encoding="utf-8")
            assert f"intent: {intent}\n" in text, f"{intent} is in another topic in {other}"


def test_rules_say_what_happens_each_once() -> None:
    names: Counter[str] = Counter()
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        rules = yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        names.update(rule["rule"] for rule in rules)
    assert names.most_common(1)[0][1] == 1
    assert all(len(name.split()) >= 3 for name in names)


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_every_command_folder_and_file(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"make {command}" in text, command
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.splitlines()
    for folder in {
        path.split("/")[0] for path in tracked if "/" in path and not path.startswith(".")
    }:
        assert f"`{folder}/`" in text, folder
    for topic in TOPICS:
        assert f"{topic}.yml" in text, topic


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_nothing_that_is_not_there(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for command in re.findall(r"make ([a-z]+)\b", text):
        assert command in COMMANDS, command
    paths = re.findall(r"`((?:[\w.-]+/)*[\w.-]+(?:/|\.(?:py|yml|tsv|txt|json|md|png|lock)))`", text)
    made = {
        "conversations.db",
        "website.db",
        "wechat.db",
        "operators.db",
        "models/",
        "logs/",
        "results/",
    }
    for path in set(paths) - made:
        assert (ROOT / path).exists() or list(ROOT.glob(f"*/{path}")), path


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_stays_short(readme: str) -> None:
    lines = len((ROOT / readme).read_text(encoding="utf-8").splitlines())
    assert lines <= 110, f"{readme} has {lines} lines: what can go to docs/?"


@pytest.mark.parametrize(
    "page", PAGES, ids=lambda other_path: other_path.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(page: Path) -> None:
    """Files that are linked are there, and so are the headings behind a `#`."""
    prose = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(((?!https?:)[^)\s]+)\)", prose):
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            anchors = [
                re.sub(r"[^\w\- ]", "", other_heading.lower()).replace(" ", "-")
                for other_heading in headings
            ]
            assert heading in anchors, link


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda page: page.name)
def test_tests_that_a_page_names_are_there(page: Path) -> None:
    there = [f"/{path}" for path in tracked_files(".py")]
    for path in re.findall(r"`((?:[\w./-]+/)?test_\w+\.py)`", page.read_text(encoding="utf-8")):
        assert any(file.endswith(f"/{path}") for file in there), path


def defines(code: str, name: str) -> bool:
    """Tells whether a file has a function, a class or a method: `Guard.admit`, `admit`."""
    python, script = r"^ *(?:async )?(?:def|class) {}\b", r"^ *(?:export )?(?:\w+ )*?{}\("
    forms = (python, script, r"^(?:export )?(?:const|class|function) {}\b", "^{} = ", "^{}: ")
    return all(
        any(re.search(form.format(part), code, re.M) for form in forms) for part in name.split(".")
    )


def test_the_paths_in_the_architecture_name_what_is_there() -> None:
    """Behind a file stands what it has."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    there = [f"/{path}" for path in tracked_files(".py", ".ts", ".tsx")]
    named = re.findall(r"`([\w./-]+\.(?:py|tsx?))`((?:,? `[\w.]+(?<!\.py)`)+)", text)
    assert len(named) > 60
    for path, names in named:
        files = [ROOT / file[1:] for file in there if file.endswith(f"/{path}")]
        assert files, path
        codes = [file.read_text(encoding="utf-8") for file in files]
        for name in re.findall(r"`([\w.]+)`", names):
            assert any(defines(code, name) for code in codes), f"{path} {name}"


@pytest.mark.parametrize("page", ["docs/website.md", "docs/website.zh-CN.md"])
def test_the_page_on_the_website_has_every_request(page: str) -> None:
    code = (ROOT / "channels/website/channel.py").read_text(encoding="utf-8")
    text = (ROOT / page).read_text(encoding="utf-8")
    for method, path in re.findall(r'\("(GET|POST|DELETE)", "(/[a-z]+)", self\.api', code):
        assert f"`{method} {path}" in text, path


def test_the_index_of_decisions_has_each() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\| (\d+) \| \[.*?\]\((.*?)\)", index, re.M)
    names = sorted(path.name for path in folder.glob("0*.md"))
    assert [name for _, name in linked] == names
    assert [int(number) for number, _ in linked] == list(range(1, len(names) + 1))


def test_nothing_names_the_workplace_or_a_package_registry() -> None:
    hosts = ["pypi." + "org", "pythonhosted." + "org", "npmjs." + "org"]
    words = [*hosts, "../sha" + "red", "/wo" + "rk/", ".pyenv/ver" + "sions"]
    pattern = "|".join(re.escape(word) for word in words)
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert found.stdout == ""
