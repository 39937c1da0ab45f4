from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from tkelint import language
from tkelint.event_codes import event_codes
from tkelint.language import LANGUAGES, REASONS, TEXTS, choose_language, reason, text
from tkelint.problem import Severity
from tkelint.report import FileState
from tkelint.source import Precision

ALL_TEXTS = [*TEXTS.items(), *REASONS.items()]
PACKAGE = Path(language.__file__).parent


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("translations", [each for _, each in ALL_TEXTS], ids=[key for key, _ in ALL_TEXTS])
def test_every_text_is_in_every_language_with_the_same_parameters(translations: dict) -> None:
    forms = [form for each in translations.values() for form in (each if isinstance(each, tuple) else (each,))]

    assert tuple(translations) == LANGUAGES
    assert len({frozenset(placeholders(form)) for form in forms}) == 1
    assert all(forms)


def test_every_text_is_used() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "language.py")
    built = {f"state-{state.value}" for state in FileState} | {severity.value for severity in Severity}
    built |= {"high", "medium", "low", "certain", "likely", "possible"}
    built |= {f"place-{precision.value}" for precision in Precision if precision is not Precision.EXACT}
    built |= {f"effect-{code.effect}" for code in event_codes().values()}
    built |= {f"foreseen-{code.foreseen}" for code in event_codes().values()}

    unused = {key for key in TEXTS if f'"{key}"' not in sources} - built

    assert unused == set()


def test_every_reason_is_documented() -> None:
    assert all(f"`{key}`" in (language.__doc__ or "") for key in REASONS)
    documented = set(re.findall(r"`([a-z-]+)`", (language.__doc__ or "").partition("\n- ")[2]))
    assert documented == set(REASONS)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zhx_XX"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_CTYPE": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "en"),
    ],
)
def test_locale_decides_on_the_language(environment: dict[str, str], expected: str) -> None:
    assert choose_language(None, environment) == expected


def test_option_beats_the_locale() -> None:
    assert choose_language("en", {"LANG": "zh_CN.UTF-8"}) == "en"


def test_english_has_a_singular() -> None:
    assert [text("notes", "en", count=count) for count in (0, 1, 2)] == ["0 notes", "1 note", "2 notes"]


def test_unknown_reason_stands_for_itself() -> None:
    assert reason("some-new-reason", "zh", detail="x") == "some-new-reason"


def test_reason_is_filled() -> None:
    assert reason("too-large", "zh", size=12, limit=10) == "文件过大（12 字节，上限 10）"
